import { z } from 'zod';

/**
 * How a worker encloses Blender. `bubblewrap` and `unshare` close it in; `user` and `limits` only take rights away;
 * `none` is Blender as any other program of the worker's user.
 */
export const SandboxReport = z
  .object({
    kind: z.enum(['bubblewrap', 'unshare', 'user', 'limits', 'none']),
    closed: z.boolean().meta({
      description: 'True when a scene reaches neither the network nor any file but its own',
    }),
    says: z.string().max(1000),
  })
  .meta({ id: 'SandboxReport' });
export type SandboxReport = z.infer<typeof SandboxReport>;

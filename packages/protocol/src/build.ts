import { z } from '@hono/zod-openapi';
import { Digest } from './digest.ts';
import { Time } from './ids.ts';
import { ScenePath } from './manifest.ts';

/** As Node names them: the system and the processor's kind. */
export const Platform = z
  .string()
  .regex(/^[a-z0-9]+-[a-z0-9_]+$/, 'a platform looks like linux-x64')
  .max(64)
  .openapi({ example: 'linux-x64' });

export const BlenderVersion = z
  .string()
  .regex(/^\d{1,3}\.\d{1,3}(\.\d{1,3})?$/, 'a version looks like 4.2.1')
  .openapi({ example: '4.2.1' });

/** What a worker needs to fetch a build and to start it. */
export const BuildRef = z
  .object({
    version: BlenderVersion,
    platform: Platform,
    manifest: Digest,
    entry: ScenePath.openapi({ description: 'The program in it that is started', example: 'blender' }),
  })
  .openapi('BuildRef');
export type BuildRef = z.infer<typeof BuildRef>;

/** One Blender version for one platform, kept by the manager and handed out to workers. */
export const Build = BuildRef.extend({
  files: z.number().int().positive(),
  size: z.number().int().nonnegative().openapi({ description: 'Bytes of all its files' }),
  origin: z.enum(['archive', 'folder', 'download', 'installed']).openapi({
    description: 'Where it came from; `installed` is the Blender of a computer with its libraries',
  }),
  addedAt: Time,
}).openapi('Build');
export type Build = z.infer<typeof Build>;

export const NewBuild = BuildRef.extend({ origin: Build.shape.origin }).openapi('NewBuild');
export type NewBuild = z.infer<typeof NewBuild>;

import { z } from 'zod';
import { Digest } from './digest.ts';
import { Time } from './ids.ts';
import { ScenePath } from './manifest.ts';

/** As Node names them: the system and the processor's kind. */
export const Platform = z
  .string()
  .regex(/^[a-z0-9]+-[a-z0-9_]+$/, 'a platform looks like linux-x64')
  .max(64)
  .meta({ example: 'linux-x64' });

export const BlenderVersion = z
  .string()
  .regex(/^\d{1,3}\.\d{1,3}(\.\d{1,3})?$/, 'a version looks like 4.2.1')
  .meta({ example: '4.2.1' });

/** What a worker needs to fetch a build and to start it. */
export const BuildRef = z
  .object({
    version: BlenderVersion,
    platform: Platform,
    manifest: Digest,
    entry: ScenePath.meta({ description: 'The program in it that is started', example: 'blender' }),
  })
  .meta({ id: 'BuildRef' });
export type BuildRef = z.infer<typeof BuildRef>;

/** One Blender version for one platform, kept by the manager and handed out to workers. */
export const Build = BuildRef.extend({
  files: z.number().int().positive(),
  size: z.number().int().nonnegative().meta({ description: 'Bytes of all its files' }),
  origin: z.enum(['archive', 'folder', 'download', 'installed']).meta({
    description: 'Where it came from; `installed` is the Blender of a computer with its libraries',
  }),
  addedAt: Time,
}).meta({ id: 'Build' });
export type Build = z.infer<typeof Build>;

export const NewBuild = BuildRef.extend({ origin: Build.shape.origin }).meta({ id: 'NewBuild' });
export type NewBuild = z.infer<typeof NewBuild>;

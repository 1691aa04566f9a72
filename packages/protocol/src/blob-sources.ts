import { z } from 'zod';
import { Digest } from './digest.ts';
import { BootId, WorkerId } from './ids.ts';

/** How many blobs one request may ask for, and how many it may say it has. */
export const SOURCES_WANTED = 256;
export const SOURCES_HELD = 10_000;

/**
 * What a worker says while it fetches a scene or a build. `port` is where it gives out blobs itself; null
 * when it does not. The host is the one the request comes from.
 */
export const SourcesRequest = z
  .object({
    worker: WorkerId,
    boot: BootId,
    port: z.number().int().min(1).max(65_535).nullable(),
    wants: z
      .array(Digest)
      .max(SOURCES_WANTED)
      .meta({ description: 'Some of what it lacks, in its own order' }),
    most: z.number().int().min(0).max(SOURCES_WANTED).meta({ description: 'How many it can begin now' }),
    has: z.array(Digest).max(SOURCES_HELD).meta({ description: 'What it has verified since it last asked' }),
    gone: z
      .array(z.object({ digest: Digest, worker: WorkerId.nullable() }))
      .max(1000)
      .meta({ description: 'What could not be fetched after all; `worker` null: from the manager' }),
    avoid: z
      .array(z.object({ worker: WorkerId, why: z.enum(['unreachable', 'slow', 'wrong-bytes']) }))
      .max(1000)
      .meta({ description: 'Workers that it does not ask at present' }),
  })
  .meta({ id: 'SourcesRequest' });
export type SourcesRequest = z.infer<typeof SourcesRequest>;

export const Peer = z.object({ worker: WorkerId, url: z.string().max(300) }).meta({ id: 'Peer' });
/** A worker that gives out the blobs it has, at the base URL `url`. */
export type Peer = z.infer<typeof Peer>;

export const SourcesReply = z
  .object({
    sources: z.array(z.object({ digest: Digest, peers: z.array(Peer) })).meta({
      description: 'Where to fetch now; no peers: from the manager. What is absent is on its way to others',
    }),
    again: z.number().int().meta({ description: 'When nothing was found, ask again after this many ms' }),
    memory: z.string().meta({
      description: 'Another one than before: the manager has forgotten who has what, so say it again',
    }),
  })
  .meta({ id: 'SourcesReply' });
export type SourcesReply = z.infer<typeof SourcesReply>;

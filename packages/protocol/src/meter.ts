import { z } from 'zod';
import { Time } from './ids.ts';

const figures = (description: string) => z.array(z.number().nonnegative().nullable()).meta({ description });

/** What happened in a stretch of time, in columns of equal length; null where nobody measured. */
const Stretch = z.object({
  from: Time.meta({ description: 'When the first column begins' }),
  eachMs: z.number().int().meta({ description: 'How long a column is; the last one is not over yet' }),
  busy: figures('Slots at work, on average'),
});

export const WorkStretch = Stretch.extend({
  frames: figures('Frames that were done in it'),
  bytes: figures('Bytes of those frames'),
  slots: figures('Slots of the workers that were there, on average'),
}).meta({ id: 'WorkStretch' });
export type WorkStretch = z.infer<typeof WorkStretch>;

/** What the farm does, and did in the last hour and day. */
export const Throughput = z.object({ hour: WorkStretch, day: WorkStretch }).meta({ id: 'Throughput' });
export type Throughput = z.infer<typeof Throughput>;

export const LoadStretch = Stretch.meta({ id: 'LoadStretch' });
export type LoadStretch = z.infer<typeof LoadStretch>;

/** What a worker says of its disk and its way to the farm. */
export const WorkerUsage = z
  .object({
    cacheBytes: z.number().nonnegative().meta({ description: 'Scenes and builds it keeps' }),
    cacheLimit: z.number().nonnegative().meta({ description: 'How much of those it may keep' }),
    sends: z.number().nonnegative().nullable().meta({
      description: 'Bytes a second at which its last frames were delivered; null: none were yet',
    }),
    fetches: z.number().nonnegative().nullable().meta({
      description: 'Bytes a second at which its last scenes and builds came; null: none did yet',
    }),
  })
  .meta({ id: 'WorkerUsage' });
export type WorkerUsage = z.infer<typeof WorkerUsage>;

/** How busy a worker was, as long as this manager has seen it. */
export const WorkerLoad = z
  .object({ hour: LoadStretch, day: LoadStretch, usage: WorkerUsage.nullable() })
  .meta({ id: 'WorkerLoad' });
export type WorkerLoad = z.infer<typeof WorkerLoad>;

/** What the manager has on its disk. Frames and films are with the frame servers. */
export const Storage = z
  .object({
    blobs: z.object({ count: z.number().int(), bytes: z.number(), at: Time }),
    databaseBytes: z.number(),
    freeBytes: z.number().nullable(),
    diskBytes: z.number().nullable(),
  })
  .meta({ id: 'Storage' });
export type Storage = z.infer<typeof Storage>;

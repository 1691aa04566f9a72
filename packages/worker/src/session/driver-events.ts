import { type FrameOrder, GpuDevice, OutputName, type RenderSettings } from '@akashganga/protocol';
import { z } from 'zod';

// The driver runs inside a process that has opened a stranger's scene: nothing it says is trusted before it was parsed.

const frame = z.number().int();
const bytes = z.number().nonnegative().nullable();
/**
 * One line of the driver. `rendered` and `failed` end a frame; `waiting`, `ready`, `unopened`, `set`, `described` and
 * `refused` answer a question; the others come in between. `says` of `failed` is Blender's own text, not yet a sentence for people; `report` is judged by
 * who asked for it, because a report that is not understood must be an error and not a silence.
 */
export const driverEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('waiting') }),
  z.object({ event: z.literal('ready'), blender: z.string().max(64) }),
  z.object({ event: z.literal('unopened'), says: z.string() }),
  z.object({ event: z.literal('set') }),
  z.object({ event: z.literal('described'), report: z.unknown() }),
  z.object({
    event: z.literal('refused'),
    code: z.enum(['scene.unknown-name', 'scene.unknown-engine']),
    kind: z.string().max(64),
    name: z.string().max(1024),
    known: z.array(z.string().max(1024)),
  }),
  z.object({ event: z.literal('started'), frame }),
  /** On its way to `frame`, in a scene whose frames are made from those before, it is at frame `at`. */
  z.object({ event: z.literal('stepped'), frame, at: frame }),
  z.object({
    event: z.literal('progress'),
    frame,
    fraction: z.number().min(0).max(1).nullish(),
    memory: bytes,
  }),
  z.object({
    event: z.literal('rendered'),
    frame,
    file: z.string().max(4096),
    /** What came beside the picture: `name` is for people, `Mist` or `Passes/Mist`. */
    extras: z
      .array(z.object({ name: OutputName, file: z.string().max(4096) }))
      .max(1000)
      .default([]),
    seconds: z.number().nonnegative(),
    memory: bytes,
    /** Bytes held after the frame, when Blender has given back what the frame alone needed. */
    held: bytes.default(null),
  }),
  z.object({ event: z.literal('devices'), devices: z.array(GpuDevice).max(64) }),
  z.object({ event: z.literal('gpu-gone'), name: z.string().max(1024) }),
  z.object({ event: z.literal('mixed'), file: z.string().max(4096).nullable(), why: z.string().max(4096) }),
  z.object({ event: z.literal('compared'), equal: z.boolean(), most: z.number().nonnegative().nullable() }),
  z.object({
    event: z.literal('failed'),
    frame,
    code: z.string().max(100),
    says: z.string(),
    scene: z.string().max(1024).optional(),
  }),
]);

export type DriverEvent = z.infer<typeof driverEvent>;

/** What the driver applies of a job's settings; `threads` is this slot's share of the processors, `device` its card. */
export type SceneSettings = Pick<
  RenderSettings,
  'scene' | 'camera' | 'viewLayer' | 'engine' | 'samples' | 'scale' | 'format'
> & {
  threads?: number | undefined;
  device?: GpuDevice | undefined;
  /** Of Cycles; as the scene has it unless given. */
  denoise?: boolean | undefined;
};

export type DriverCommand =
  | { do: 'open'; scene: string }
  | { do: 'describe' }
  | { do: 'set'; settings: SceneSettings }
  | { do: 'render'; frame: number; output: string; order: FrameOrder }
  | { do: 'mix'; first: number; last: number; output: string }
  | { do: 'devices' }
  | { do: 'compare'; first: string; second: string }
  | { do: 'quit' };

/** Null for everything that is not an event this version knows; such lines are skipped, never an error. */
export function parseDriverLine(line: string): DriverEvent | null {
  try {
    const parsed = driverEvent.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

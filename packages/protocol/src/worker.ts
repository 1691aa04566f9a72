import { z } from 'zod';
import { BuildRef } from './build.ts';
import { MixOrder } from './film/sound.ts';
import { GpuCard } from './gpu-card.ts';
import { BootId, DisplayName, FrameNumber, JobId, LeaseId, Time, WorkerId } from './ids.ts';
import { FrameOrder, ProbeReport, RenderSettings, SceneRef } from './job.ts';
import { FollowedFrames, LogParts } from './live-log.ts';
import { WorkerUsage } from './meter.ts';
import { Problem } from './problem.ts';
import { SandboxReport } from './sandbox-report.ts';
import { WorkerState } from './states.ts';

export const BlenderBuild = z.object({ version: z.string().max(64), path: z.string().max(4096) });
export type BlenderBuild = z.infer<typeof BlenderBuild>;

/** What a worker says of itself when it starts and whenever the manager has forgotten it. */
export const WorkerHello = z
  .object({
    id: WorkerId,
    boot: BootId,
    name: DisplayName,
    platform: z.string().max(64).meta({ example: 'linux-x64' }),
    cores: z.number().int().min(1).max(100_000),
    memory: z.number().nonnegative().meta({ description: 'Bytes' }),
    slots: z.number().int().min(1).max(1024),
    blenders: z.array(BlenderBuild).max(100),
    tags: z.array(DisplayName).max(50).default([]),
    gpus: z
      .array(z.string().regex(/^[a-z0-9-]{1,32}$/))
      .max(20)
      .default([])
      .meta({
        description:
          'Kinds of the graphics cards that its slots are, as `optix`; a worker that has any renders only what asks for one',
      }),
    cards: z.array(GpuCard).max(64).optional().meta({
      description: 'The graphics cards Cycles sees there; absent while they were not looked for',
    }),
    timeZone: z.string().max(64).default('UTC').meta({ example: 'Europe/Paris' }),
    sandbox: SandboxReport.optional().meta({ description: 'How it encloses Blender' }),
    version: z.string().max(64),
  })
  .meta({ id: 'WorkerHello' });
export type WorkerHello = z.infer<typeof WorkerHello>;

/** What one slot does at the moment. */
export const SlotReport = z
  .object({
    slot: z.number().int().min(0).max(1023),
    state: z.enum(['idle', 'preparing', 'rendering']),
    job: JobId.nullable(),
    lease: LeaseId.nullable(),
    frame: FrameNumber.nullable(),
    fraction: z.number().min(0).max(1).nullable(),
    memory: z.number().nonnegative().nullable(),
  })
  .meta({ id: 'SlotReport' });
export type SlotReport = z.infer<typeof SlotReport>;

/** What people set for a worker; it stays with the farm, whatever the worker says when it starts. */
export const WorkerSettings = z
  .object({
    tags: z
      .array(DisplayName)
      .max(50)
      .nullable()
      .meta({ description: 'In place of those it says itself; null: its own' }),
    sleep: z
      .string()
      .max(500)
      .nullable()
      .meta({ description: 'When it takes no work, in its own time', example: 'mon-fri 8:00-18:00' }),
    onlyWhenIdle: z.boolean().meta({ description: 'Takes no work while somebody uses the computer' }),
    maxJobs: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .nullable()
      .meta({ description: 'Different jobs it may have at once; null: any number' }),
  })
  .meta({ id: 'WorkerSettings' });
export type WorkerSettings = z.infer<typeof WorkerSettings>;

export const Worker = WorkerHello.omit({ boot: true })
  .extend({
    settings: WorkerSettings,
    pace: z.number().meta({
      description: 'How long its frames take against those of an ordinary worker: 2 is half as fast',
    }),
    state: WorkerState,
    slotReports: z.array(SlotReport),
    since: Time,
    seenAt: Time,
    framesDone: z.number().int(),
    problem: Problem.nullable(),
  })
  .meta({ id: 'Worker' });
export type Worker = z.infer<typeof Worker>;

export const Lease = z
  .object({
    id: LeaseId,
    job: JobId,
    kind: z.enum(['probe', 'render']),
    frames: z.string().nullable().meta({ description: 'A frame spec; null for a probe' }),
    scene: SceneRef,
    settings: RenderSettings,
    build: BuildRef.nullable()
      .default(null)
      .meta({ description: 'The Blender of the farm to render with; null: one of the worker’s own' }),
    expect: z
      .object({
        width: z.number().int(),
        height: z.number().int(),
        extension: z.string(),
        channels: z.number().int().nullable().default(null),
        depth: z.number().int().nullable().default(null).meta({ description: 'Bits of a channel' }),
      })
      .nullable()
      .meta({ description: 'What each picture must be; null for a probe' }),
    order: FrameOrder.default('any'),
    mix: MixOrder.nullable().default(null).meta({ description: 'The sound to mix after a probe' }),
    double: z.boolean().default(false).meta({
      description:
        'Its one frame is rendered elsewhere too; whichever is stored first wins, the other is ended',
    }),
    verify: z
      .string()
      .nullable()
      .default(null)
      .meta({ description: 'Frames of the lease to render a second time, alone, and to compare' }),
    frameServer: z
      .string()
      .nullable()
      .meta({ description: 'Base URL of the frame server; null for a probe' }),
    replace: z
      .boolean()
      .meta({ description: 'The frames were asked for again: put them in the place of what is kept' }),
    frameSeconds: z.number().nullable().meta({ description: 'What a frame is expected to take here' }),
    slots: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .meta({ description: 'Slots that may render frames of it at once; null: all' }),
    kept: z.boolean().default(false).meta({
      description:
        'Nothing to render: deliver what is kept of these frames, and give the others back at once',
    }),
    slowMotion: z.boolean(),
    pass: z
      .string()
      .max(10_000)
      .default('')
      .meta({ description: 'Shows a frame server that these frames are this worker’s to deliver' }),
  })
  .meta({ id: 'Lease' });
export type Lease = z.infer<typeof Lease>;

/**
 * The one request a worker keeps open. `holding` is everything it has that has not ended; the manager
 * answers with the difference to what it thinks the worker has, so a lost reply repairs itself.
 */
export const WorkRequest = z
  .object({
    boot: BootId,
    holding: z
      .array(
        z.object({
          lease: LeaseId,
          left: z.number().int().min(0).meta({ description: 'Frames not rendered yet' }),
        }),
      )
      .max(10_000),
    want: z.number().int().min(0).max(10_000).meta({ description: 'How many more leases it can use' }),
    idle: z.number().int().min(0).max(1024).meta({ description: 'How many slots have nothing to do now' }),
  })
  .meta({ id: 'WorkRequest' });
export type WorkRequest = z.infer<typeof WorkRequest>;

export const WorkReply = z
  .object({
    leases: z.array(Lease).meta({ description: 'New ones, and ones whose first reply was lost' }),
    ended: z
      .array(LeaseId)
      .meta({ description: 'Held leases that are no longer valid: stop them and forget them' }),
    drain: z.boolean(),
    wanted: z
      .array(z.object({ lease: LeaseId, frames: z.string() }))
      .default([])
      .meta({
        description:
          'Frames others are free for: give back those no slot has begun, with `lease-returned`. They are the worker’s until then',
      }),
    kept: z.array(JobId).default([]).meta({
      description:
        'Jobs whose frame server is gone: say with `kept-frames` which of their frames are still here',
    }),
  })
  .meta({ id: 'WorkReply' });
export type WorkReply = z.infer<typeof WorkReply>;

/** `delivering` are frames that left their slot and are on their way to the frame server. */
export const Heartbeat = z
  .object({
    boot: BootId,
    slots: z.array(SlotReport).max(1024),
    delivering: z
      .array(z.object({ job: JobId, lease: LeaseId, frame: FrameNumber }))
      .max(10_000)
      .default([]),
    inUse: z.boolean().optional().meta({ description: 'Somebody sits at the computer' }),
    problem: Problem.nullish().meta({ description: 'Why it takes no work at present' }),
    usage: WorkerUsage.optional(),
    logs: LogParts.optional().meta({ description: 'Of the frames it was asked to `follow`' }),
  })
  .meta({ id: 'Heartbeat' });
export type Heartbeat = z.infer<typeof Heartbeat>;

/** `known` is false when the manager has no such worker or another boot of it: say hello again. */
export const HeartbeatReply = z
  .object({
    known: z.boolean(),
    beatMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .optional()
      .meta({ description: 'How often to beat; 3000 unless said' }),
    changesMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .optional()
      .meta({ description: 'How long to gather changes before the next beat; 200 unless said' }),
    follow: FollowedFrames.optional().meta({
      description: 'Frames whose log somebody reads: send what came after so many lines with the next beats',
    }),
  })
  .meta({ id: 'HeartbeatReply' });
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;

/** Facts a worker keeps on disk until the manager has them. `seq` rises; a repeated one is ignored. */
export const WorkerUpdate = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('probed'), seq: z.number().int(), lease: LeaseId, report: ProbeReport }),
    z.object({ kind: z.literal('probe-failed'), seq: z.number().int(), lease: LeaseId, problem: Problem }),
    z.object({
      kind: z.literal('frame-failed'),
      seq: z.number().int(),
      lease: LeaseId,
      job: JobId,
      frame: FrameNumber,
      problem: Problem,
      seconds: z.number().nonnegative().nullable(),
      memory: z
        .number()
        .nonnegative()
        .nullish()
        .meta({ description: 'Bytes Blender and what it started held at most, where the system tells' }),
      log: z.string().max(64_000),
    }),
    z.object({
      kind: z.literal('lease-returned'),
      seq: z.number().int(),
      lease: LeaseId,
      frames: z.string().max(100_000).nullable(),
    }),
    z.object({
      kind: z.literal('kept-frames'),
      seq: z.number().int(),
      job: JobId,
      frames: z.string().max(1_000_000).nullable(),
    }),
  ])
  .meta({
    id: 'WorkerUpdate',
    description:
      '`lease-returned` gives frames back that were not begun; null gives back the whole lease. `kept-frames` answers which frames of a job are still on this disk; null: none.',
  });
export type WorkerUpdate = z.infer<typeof WorkerUpdate>;

export const UpdateBatch = z
  .object({ boot: BootId, updates: z.array(WorkerUpdate).min(1).max(1000) })
  .meta({ id: 'UpdateBatch' });
export type UpdateBatch = z.infer<typeof UpdateBatch>;

import { z } from 'zod';
import { Digest } from './digest.ts';
import { Film } from './film/film.ts';
import { FilmSettings } from './film/film-settings.ts';
import { SoundMix } from './film/sound.ts';
import { Container } from './film-containers.ts';
import { DisplayName, FrameNumber, FrameServerId, JobId, Time, WorkerId } from './ids.ts';
import { GiveOrder, terms } from './job-terms.ts';
import { ScenePath } from './manifest.ts';
import { OutputName } from './output-name.ts';
import { Problem } from './problem.ts';
import { FrameState, JobState } from './states.ts';

/**
 * In which order the frames of a scene may be rendered: `any`; `sequence`: one frame is made from those before it, so a
 * session steps through all of them first; `cold`: each in a Blender of its own. docs/guide/sessions.md has the rule.
 */
export const FrameOrder = z.enum(['any', 'sequence', 'cold']);
export type FrameOrder = z.infer<typeof FrameOrder>;

/** `png16` is PNG of 16 bits, `exr` OpenEXR of 16, `exr32` of 32, `exr-layers` of all view layers and passes. */
export const PictureFormat = z.enum(['png', 'png16', 'jpeg', 'tiff', 'webp', 'exr', 'exr32', 'exr-layers']);
export type PictureFormat = z.infer<typeof PictureFormat>;

/** What a job changes in the scene before it renders. What is absent stays as the scene has it. */
export const RenderSettings = z
  .object({
    scene: DisplayName.optional(),
    camera: DisplayName.optional(),
    viewLayer: DisplayName.optional(),
    engine: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/)
      .optional(),
    samples: z.number().int().min(1).max(1_000_000).optional(),
    scale: z.number().int().min(1).max(1000).optional().meta({ description: 'Percent of the scene’s size' }),
    allowMissing: z
      .boolean()
      .optional()
      .meta({ description: 'Goes on although files are missing or drivers fail' }),
    trustScripts: z.boolean().optional(),
    format: PictureFormat.optional().meta({
      description: 'Of the pictures; as the scene has it unless given',
    }),
    history: FrameOrder.optional().meta({ description: 'Instead of the order the probe finds' }),
    device: z.enum(['cpu', 'gpu']).optional().meta({
      description: 'What Cycles renders on; with gpu only workers with a graphics card get frames',
    }),
    verify: z.number().int().min(0).max(100_000).optional().meta({
      description: 'So many frames are rendered a second time, alone in a new Blender, and compared',
    }),
  })
  .meta({ id: 'RenderSettings' });
export type RenderSettings = z.infer<typeof RenderSettings>;

/** A file that a scene needs and that is not there: what needs it, and the path as it is written. */
export const MissingFile = z.object({
  kind: z.string().max(64),
  name: z.string().max(1024),
  path: z.string().max(4096),
});
export type MissingFile = z.infer<typeof MissingFile>;

/** A picture that comes beside the frame's own: of a File Output node, a stereo view. `name` is `Mist` or `Passes/Mist`. */
const ExtraOutput = z.object({ name: OutputName, extension: z.string().max(16) });

/** What a scene that writes a movie asked for; the farm renders pictures, and the film is made of them. */
const MovieWish = z.object({
  format: z.string().max(64),
  container: z.string().max(64).nullable(),
  codec: z.string().max(64).nullable(),
  audioCodec: z.string().max(64).nullable(),
});

/** What Blender itself said of the scene, with the job's settings applied. */
export const ProbeReport = z
  .object({
    blender: z.string().max(64).meta({ example: '3.4.1' }),
    fileVersion: z.string().max(64),
    scene: z.string().max(1024),
    scenes: z.array(z.string().max(1024)).max(10_000),
    camera: z.string().max(1024).nullable(),
    cameras: z.array(z.string().max(1024)).max(10_000),
    frameStart: z.number().int(),
    frameEnd: z.number().int(),
    frameStep: z.number().int().min(1),
    fps: z.number().positive(),
    fpsBase: z.number().positive(),
    width: z.number().int().min(1).max(100_000),
    height: z.number().int().min(1).max(100_000),
    engine: z.string().max(64),
    format: z.string().max(64),
    isMovie: z.boolean(),
    extension: z.string().regex(/^\.[a-z0-9]{1,8}$/),
    colorMode: z.string().max(16),
    colorDepth: z.string().max(16),
    transparent: z
      .boolean()
      .default(false)
      .meta({ description: 'Where nothing is, frames are see-through: the scene renders without a sky' }),
    order: FrameOrder.default('any'),
    orderReasons: z.array(z.string().max(4096)).max(100).default([]),
    outputs: z.array(ExtraOutput).max(1000).default([]),
    movie: MovieWish.nullable().default(null),
    device: z
      .enum(['CPU', 'GPU'])
      .nullable()
      .default(null)
      .meta({ description: 'What Cycles shall render on; null for other engines' }),
    sound: z.boolean().default(false).meta({ description: 'Whether its strips or speakers are heard' }),
    mix: SoundMix.nullable().default(null),
    missing: z.array(MissingFile).max(10_000),
    warnings: z.array(z.string().max(4096)).max(1000),
  })
  .meta({ id: 'ProbeReport' });
export type ProbeReport = z.infer<typeof ProbeReport>;

export const SceneRef = z
  .object({
    manifest: Digest,
    entry: ScenePath,
    blender: z.string().max(16),
    missing: z
      .array(MissingFile)
      .max(200)
      .optional()
      .meta({ description: 'What the submitter did not find; the probe compares' }),
  })
  .meta({
    id: 'SceneRef',
    description:
      'The digest of the manifest, the .blend to open, and the Blender that wrote it, as "3.4". A version with its patch, as "3.4.1", asks for that one and no other.',
  });
export type SceneRef = z.infer<typeof SceneRef>;

export const FrameCounts = z
  .object({
    total: z.number().int(),
    waiting: z.number().int(),
    leased: z.number().int(),
    rendering: z.number().int(),
    delivering: z.number().int(),
    done: z.number().int(),
    failed: z.number().int(),
    canceled: z.number().int(),
  })
  .meta({ id: 'FrameCounts' });
export type FrameCounts = z.infer<typeof FrameCounts>;

/** What a person would like to know of a picture that is whole and of the right size all the same. */
export const Look = z.enum(['black', 'transparent']);
export type Look = z.infer<typeof Look>;

export const OddFrames = z
  .object({
    look: z.enum([...Look.options, 'hasty', 'unlike', 'differs']).meta({
      description:
        '`hasty`: came far too soon at first, and was rendered a second time; `unlike`: unlike both its neighbours, which are like each other; `differs`: came twice, with different pixels, and the first is kept',
    }),
    count: z.number().int().positive(),
    first: z.array(FrameNumber).max(20).meta({ description: 'Some of them' }),
  })
  .meta({ id: 'OddFrames' });
export type OddFrames = z.infer<typeof OddFrames>;

export const Job = z
  .object({
    id: JobId,
    name: DisplayName,
    state: JobState,
    submitter: DisplayName,
    createdAt: Time,
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
    scene: SceneRef,
    settings: RenderSettings,
    ...terms,
    priority: z.number().int(),
    tags: z.array(DisplayName),
    order: GiveOrder,
    frameSpec: z
      .string()
      .nullable()
      .meta({ description: 'null until the probe has read the scene’s own range' }),
    frames: FrameCounts,
    chunk: z.number().int().nullable(),
    slowMotion: z.boolean(),
    film: Film,
    probe: ProbeReport.nullable(),
    problem: Problem.nullable(),
    frameServer: FrameServerId.nullable(),
    frameSeconds: z
      .number()
      .nullable()
      .meta({ description: 'Mean seconds of one frame on one slot, recent frames first' }),
    oddFrames: z.array(OddFrames).meta({
      description:
        'Done frames that are black or transparent all over, or came far too soon at first; a warning, no failure',
    }),
    peakMemory: z
      .number()
      .nullable()
      .meta({ description: 'Bytes the hungriest frame held at most; failed attempts count too' }),
    framesPerMinute: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    secondsLeftRange: z
      .object({ low: z.number(), high: z.number() })
      .nullable()
      .meta({ description: 'Between which the time left lies in about nine cases of ten' }),
    blender: z.string().nullable().meta({
      description: 'The version that renders it; until it was probed, what the rule chooses now',
    }),
    moved: z.object({ from: DisplayName, at: Time, frames: z.number().int() }).nullable().meta({
      description:
        'The frame server that it left last because that was gone, and how many done frames were there',
    }),
    waitsFor: z.string().nullable().meta({ description: 'Why nothing renders at the moment, in words' }),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

export const NewJob = z
  .object({
    id: JobId.optional().meta({ description: 'Drawn by the caller, so that sending twice submits once' }),
    name: DisplayName,
    submitter: DisplayName,
    scene: SceneRef,
    frames: z.string().max(10_000).nullable(),
    settings: RenderSettings,
    priority: terms.priority.default(50),
    tags: terms.tags.default([]),
    needs: terms.needs.default({}),
    maxSlots: terms.maxSlots.default(null),
    uses: terms.uses.default([]),
    afterJob: terms.afterJob.default(null),
    afterTime: terms.afterTime.default(null),
    order: GiveOrder.default('forward'),
    chunk: z.number().int().min(1).max(100_000).nullable().default(null),
    container: Container.default('mp4'),
    fps: z.number().positive().max(1000).nullable().default(null),
    film: FilmSettings.default({}),
    paused: z.boolean().default(false),
    lookFirst: z
      .boolean()
      .default(false)
      .meta({ description: 'Read the scene and say what it is, then wait for `resume`' }),
    slowMotion: z.boolean().default(false),
  })
  .meta({ id: 'NewJob' });
export type NewJob = z.infer<typeof NewJob>;
/** As a caller may write it: defaults left out. */
export type NewJobInput = z.input<typeof NewJob>;

export const Attempt = z
  .object({
    worker: WorkerId.nullable(),
    at: Time,
    seconds: z.number().nullable(),
    memory: z.number().nullable().meta({ description: 'Peak bytes' }),
    outcome: z.enum(['done', 'failed', 'lost']),
    problem: Problem.nullable(),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

/** An attempt as people are shown it. */
export const ShownAttempt = Attempt.extend({
  class: z
    .enum(['scene', 'machine', 'capacity', 'transient'])
    .nullable()
    .meta({ description: 'Who can mend its problem; null when it has none, or one of a newer release' }),
}).meta({ id: 'ShownAttempt' });
export type ShownAttempt = z.infer<typeof ShownAttempt>;

export const Frame = z
  .object({
    frame: FrameNumber,
    state: FrameState,
    failures: z.number().int(),
    worker: WorkerId.nullable(),
    digest: Digest.nullable(),
    size: z.number().int().nullable(),
    seconds: z.number().nullable(),
    memory: z.number().nullable().meta({ description: 'Peak bytes' }),
    at: Time.nullable().meta({ description: 'When it became what it is: done or failed' }),
  })
  .meta({ id: 'Frame' });
export type Frame = z.infer<typeof Frame>;

/** Frames in one state that follow each other in the job: from `first` to `last`, `step` apart. */
export const FrameRun = z
  .object({ first: FrameNumber, last: FrameNumber, step: z.number().int().min(1), state: FrameState })
  .meta({ id: 'FrameRun' });
export type FrameRun = z.infer<typeof FrameRun>;

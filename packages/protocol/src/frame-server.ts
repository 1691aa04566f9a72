import { z } from 'zod';
import { Digest } from './digest.ts';
import { Rate } from './film/film.ts';
import { FilmSettings } from './film/film-settings.ts';
import { Container } from './film-containers.ts';
import { BootId, DisplayName, FrameNumber, FrameServerId, JobId, LeaseId, Time, WorkerId } from './ids.ts';
import { Look, type ProbeReport } from './job.ts';
import { Chunk } from './manifest.ts';
import { OutputName } from './output-name.ts';
import { Problem } from './problem.ts';

/**
 * `url` is null when the frame server does not know its own address: the manager then uses the host it was
 * reached from, or, where that is this same computer, the host by which a worker reaches the manager.
 */
export const FrameServerHello = z
  .object({
    id: FrameServerId,
    boot: BootId,
    name: DisplayName,
    url: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .nullable(),
    port: z.number().int().min(1).max(65_535),
    containers: z.array(Container),
    freeBytes: z.number().nonnegative().nullable(),
    diskBytes: z.number().nonnegative().nullish().meta({ description: 'The size of its disk' }),
    version: z.string().max(64),
  })
  .meta({ id: 'FrameServerHello' });
export type FrameServerHello = z.infer<typeof FrameServerHello>;

export const FrameServer = FrameServerHello.omit({ boot: true })
  .extend({ host: z.string(), seenAt: Time, reachable: z.boolean() })
  .meta({ id: 'FrameServer' });
export type FrameServer = z.infer<typeof FrameServer>;

/** What the scene promises of its frames' channels. */
export const FrameKind = z.object({
  transparent: z.boolean(),
  depth: z.union([z.literal(8), z.literal(16), z.literal(32)]),
});
export type FrameKind = z.infer<typeof FrameKind>;

/** The kind of a job's frames, as its probe tells. Pictures that cannot be transparent have no `A` in their mode. */
export function filmKind(
  probe: Pick<ProbeReport, 'transparent' | 'colorMode' | 'colorDepth'> | null,
): FrameKind {
  const depth = Number(probe?.colorDepth ?? 8);
  return {
    transparent: probe?.transparent === true && probe.colorMode === 'RGBA',
    depth: depth > 16 ? 32 : depth > 8 ? 16 : 8,
  };
}

/** A film to make: exactly these frames, ascending, each once. */
export const EncodeOrder = z
  .object({
    job: JobId,
    name: DisplayName,
    container: Container,
    rate: Rate,
    frames: z.string(),
    extension: z.string(),
    settings: FilmSettings.default({}),
    kind: FrameKind.default({ transparent: false, depth: 8 }),
    sound: z
      .union([
        z.object({ manifest: Digest, first: FrameNumber, rate: Rate.nullable() }),
        z.object({ failed: z.string().max(1000) }),
      ])
      .nullable()
      .default(null)
      .meta({
        description:
          'A sound that begins with frame `first`; `rate` is that of the frames it was made for, null: it is played as it is',
      }),
    failed: z.string().nullable().default(null).meta({
      description: 'Those of the frames that failed for good: a marked picture takes their place',
    }),
  })
  .meta({ id: 'EncodeOrder' });
export type EncodeOrder = z.infer<typeof EncodeOrder>;
/** As a caller may write it: defaults left out. */
export type EncodeOrderInput = z.input<typeof EncodeOrder>;

/** The one request a frame server keeps open; answered with what the manager wants and it does not hold. */
export const GatherRequest = z
  .object({
    boot: BootId,
    encoding: z.array(JobId).max(10_000),
    freeBytes: z.number().nonnegative().nullable(),
    full: z
      .boolean()
      .optional()
      .meta({ description: 'Something found no room on its disk lately, and waits for some' }),
  })
  .meta({ id: 'GatherRequest' });
export type GatherRequest = z.infer<typeof GatherRequest>;

export const GatherReply = z
  .object({
    known: z.boolean(),
    encode: z.array(EncodeOrder),
    stop: z.array(JobId).meta({ description: 'Films under way that are no longer wanted' }),
    forget: z.array(JobId).meta({ description: 'Jobs whose files are to be deleted' }),
  })
  .meta({ id: 'GatherReply' });
export type GatherReply = z.infer<typeof GatherReply>;

/** What a frame server tells the manager. Kept on its disk until it is acknowledged; repeating one is harmless. */
export const GatherReport = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('frame'),
      job: JobId,
      frame: FrameNumber,
      digest: Digest,
      size: z.number().int().positive(),
      lease: LeaseId.nullable(),
      worker: WorkerId.nullable(),
      seconds: z.number().nonnegative().nullable(),
      memory: z.number().nonnegative().nullable(),
      look: Look.nullish().meta({ description: 'Absent for a picture with something to see' }),
      unlike: z.array(FrameNumber).max(3).optional().meta({
        description: 'Frames of which is known since this one came that they are unlike both neighbours',
      }),
      differs: z.boolean().optional().meta({
        description: 'It came once more with other pixels; the digest is that of the first, which is kept',
      }),
    }),
    z.object({
      kind: z.literal('film'),
      job: JobId,
      container: Container,
      digest: Digest,
      size: z.number().int().positive(),
      frames: z.number().int().positive(),
      notes: z.array(z.string().max(500)).max(20).optional(),
      psnr: z.number().nullish(),
    }),
    z.object({ kind: z.literal('film-failed'), job: JobId, problem: Problem }),
    z.object({ kind: z.literal('forgotten'), job: JobId }),
  ])
  .meta({ id: 'GatherReport' });
export type GatherReport = z.infer<typeof GatherReport>;

export const GatherReports = z
  .object({ boot: BootId, reports: z.array(GatherReport).min(1).max(10_000) })
  .meta({ id: 'GatherReports' });
export type GatherReports = z.infer<typeof GatherReports>;

/** Request headers of a delivered frame, beside its bytes. */
export const frameHeaders = {
  digest: 'akashganga-digest',
  lease: 'akashganga-lease',
  worker: 'akashganga-worker',
  seconds: 'akashganga-seconds',
  memory: 'akashganga-memory',
  width: 'akashganga-width',
  height: 'akashganga-height',
  extension: 'akashganga-extension',
  /** `1`: the body is JSON with the frame's chunks, which were sent before as blobs. */
  chunks: 'akashganga-chunks',
  /** `1`: this frame takes the place of one that is kept. */
  replace: 'akashganga-replace',
  /** What the worker was given with its lease. */
  pass: 'akashganga-pass',
  /** The digest of `sealedWords`: a bit that is turned over on the way must not put a frame in another's place. */
  seal: 'akashganga-seal',
} as const;

/** What a delivery says of itself, for its seal: where its bytes belong, and all its other headers. */
export function sealedWords(
  place: { readonly job: string; readonly frame: number; readonly name?: string },
  header: (name: string) => string | undefined,
): string {
  const { seal: _, ...others } = frameHeaders;
  const said = Object.values(others).map((name) => header(name) ?? '');
  return [place.job, place.frame, place.name ?? '', ...said].join('\n');
}

/** The body of a delivery whose bytes were sent before, chunk by chunk. */
export const DeliveredChunks = z.object({ chunks: z.array(Chunk).min(1).max(1_000_000) });

/**
 * The answer to a delivered frame. `kept` is false when the frame was there already; it is reported to the
 * manager in either case, because a frame that is delivered is one the manager waits for.
 */
export const FrameReceipt = z.object({ digest: Digest, kept: z.boolean() }).meta({ id: 'FrameReceipt' });
export type FrameReceipt = z.infer<typeof FrameReceipt>;

/** A picture that came beside a frame's own. */
export const FrameOutput = z
  .object({
    name: OutputName,
    extension: z.string().regex(/^\.[a-z0-9]{1,8}$/),
    digest: Digest,
    size: z.number().int().positive(),
  })
  .meta({ id: 'FrameOutput' });
export type FrameOutput = z.infer<typeof FrameOutput>;

export const FrameOutputs = z
  .object({ outputs: z.array(FrameOutput).max(1000) })
  .meta({ id: 'FrameOutputs' });
export type FrameOutputs = z.infer<typeof FrameOutputs>;

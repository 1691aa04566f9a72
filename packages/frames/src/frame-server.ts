import { mkdir, rm, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FarmClient, ShutOut } from '@akashganga/client';
import { FarmError, RELEASE } from '@akashganga/protocol';
import type { OpenPort, TlsIdentity } from '@akashganga/trust';
import type { Logger } from 'pino';
import { knownContainers } from './ffmpeg/known-containers.ts';
import { DiskWatch } from './files/disk-watch.ts';
import { jobsFolder, unfinishedFolder } from './files/job-paths.ts';
import { FilmMaker } from './film/film-maker.ts';
import { SegmentMaker } from './film/segments/segment-maker.ts';
import { openFrameChunks } from './gather/frame-chunks.ts';
import { JobShelf } from './gather/job-shelf.ts';
import { takeTurns } from './gather/take-turns.ts';
import { frameServerApp } from './http/frame-server-app.ts';
import { listen } from './http/listen.ts';
import { drawId, readIdentity } from './identity.ts';
import { OutFolder } from './out/out-folder.ts';
import { decoderCommand } from './pictures/decoder/decoder-command.ts';
import { Decoders } from './pictures/decoder/decoders.ts';
import { LARGEST_PICTURE } from './pictures/load-sharp.ts';
import { Previews } from './preview/previews.ts';
import { fetchFilmPlan } from './report/fetch-film-plan.ts';
import { fetchPreviewPlan } from './report/fetch-preview-plan.ts';
import { ManagerLink } from './report/manager-link.ts';
import { OrderFollower } from './report/order-follower.ts';
import { Reporter } from './report/reporter.ts';

export interface FrameServerOptions {
  /** Its data folder; made if need be. Nobody else may use it at the same time. */
  readonly folder: string;
  /** The address to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The base URL by which workers reach it, given the port it got; or null when it does not know. */
  readonly publicUrl: ((port: number) => string) | null;
  /** What people see. */
  readonly name: string;
  /**
   * The manager, and how this frame server shows who it is. Roles of this computer deliver with the same key, others
   * with their certificates. `id` is what its own certificate calls it.
   */
  readonly farm: {
    readonly url: string;
    readonly key: string | null;
    readonly tls?: TlsIdentity | null;
    readonly id?: string | null;
  };
  /** The path of ffmpeg (`findFfmpeg`), or null: then frames are gathered and films are refused. */
  readonly ffmpeg: string | null;
  readonly log: Logger;
  /** Waits this long before a delivered frame is answered, so that a person can watch. Default 0. */
  readonly slowMotionSeconds?: number;
  /** The largest frame that is taken, in bytes. Default 2 GiB. */
  readonly largestFrame?: number;
  /** The largest picture that is taken, in pixels. Default 16,384 by 16,384. */
  readonly largestPicture?: number;
  /** Where the owner of this computer wants films and frames of all jobs to be brought; null: nowhere. Default null. */
  readonly out?: string | null;
  /** Milliseconds until what could not be brought there is tried again; a minute. */
  readonly outRetryMs?: number;
  /** Where programs are, as in PATH: bubblewrap closes the decoders in if it is there. */
  readonly searchPath?: string;
}

const LARGEST_FRAME = 2 ** 31;
// A decoded 16k picture is a gigabyte, so not every connection may decode at once.
const DECODING = 2;
const SECONDS_TO_FINISH = 5;
const SWEEP_MS = 10 * 60_000;

interface Parts {
  readonly open: OpenPort;
  readonly films: FilmMaker;
  readonly segments: SegmentMaker;
  readonly previews: Previews;
  readonly reporter: Reporter;
  readonly client: FarmClient;
  readonly shutOut: ShutOut;
  readonly decoders: Decoders;
  readonly orders: OrderFollower;
  readonly out: OutFolder;
  readonly sweeping: NodeJS.Timeout;
}

/** A running frame server. */
export class FrameServer {
  readonly port: number;
  readonly #parts: Parts;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.port = parts.open.port;
    this.#parts = parts;
  }

  /** Stops taking frames, ends a film under way (the manager orders it again) and waits for what is being written. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { open, films, segments, previews, reporter, client, shutOut, orders, decoders, out, sweeping } =
      this.#parts;
    clearInterval(sweeping);
    const makers = [films.close(), segments.close(), previews.close(), out.close()];
    await Promise.all([open.close(SECONDS_TO_FINISH), ...makers]);
    await Promise.all([reporter.close(), orders.close(), decoders.close()]);
    shutOut.close();
    await client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * Listens, and keeps in touch with the manager from then on; the manager need not be there yet.
 * Throws `machine.port-in-use` and `machine.data-not-writable`.
 */
export async function startFrameServer(options: FrameServerOptions): Promise<FrameServer> {
  const { ffmpeg, log, largestFrame = LARGEST_FRAME } = options;
  const folder = resolve(options.folder);
  const kept = await prepareFolder(folder);
  const id = options.farm.id ?? kept;
  const containers = ffmpeg === null ? [] : [...(await knownContainers(ffmpeg))];
  const shelf = new JobShelf(folder);
  const decoders = await startDecoders(folder, options);
  const client = new FarmClient(options.farm);
  const freeBytes = async () => (await diskOf(folder))?.free ?? null;
  const who = { id, boot: drawId('b-'), name: options.name, version: RELEASE };
  const link = new ManagerLink(client, async () => {
    const { port } = await listening;
    const url = options.publicUrl?.(port) ?? null;
    const disk = await diskOf(folder);
    return { ...who, url, port, containers, freeBytes: disk?.free ?? null, diskBytes: disk?.size ?? null };
  });
  const reporter = new Reporter({ shelf, log, send: (reports, signal) => link.report(reports, signal) });
  const plan = (job: string, signal: AbortSignal) => fetchFilmPlan(client, job, signal);
  const segments = new SegmentMaker({
    folder,
    shelf,
    ffmpeg,
    decoders,
    log,
    plan,
    now: () => performance.now(),
  });
  const disk = new DiskWatch(
    () => performance.now(),
    () => orders.askAgain(),
  );
  const out = new OutFolder({
    ...{ out: options.out ? resolve(options.out) : null, shelf, log },
    ...(options.outRetryMs === undefined ? {} : { retryMs: options.outRetryMs }),
  });
  const films = new FilmMaker({
    ...{ folder, shelf, ffmpeg, decoders, segments, client, log },
    tell: (report) => reporter.tell(report),
    onEnded: () => orders.askAgain(),
    onMade: (order) => out.filmMade(order),
    onFull: () => disk.foundFull(),
  });
  const turns = takeTurns(DECODING);
  const previewPlan = (job: string, signal: AbortSignal) => fetchPreviewPlan(client, job, signal);
  const previews = new Previews({ shelf, ffmpeg, decoders, turns, plan: previewPlan });
  const room = {
    ...{ folder, shelf, decoders, log, turns },
    largestFrame,
    onFull: () => disk.foundFull(),
    onStored: (job: string, frame: number) => {
      reporter.frameStored(job);
      segments.frameStored(job, frame);
      previews.frameStored(job, frame);
    },
  };
  const chunks = await openFrameChunks({ folder: join(folder, 'chunks'), largestFrame, now: Date.now });
  const sweeping = setInterval(() => {
    chunks.sweep().catch((err: unknown) => log.warn({ err }, 'chunks that were left could not be deleted'));
  }, SWEEP_MS).unref();
  const shutOut = new ShutOut(client, (err) => log.warn({ err }, 'who was shut out is not known'));
  const app = frameServerApp({
    isShutOut: (member) => shutOut.has(member),
    room,
    chunks,
    previews,
    key: options.farm.key,
    authority: options.farm.tls?.authority ?? null,
    slowMotionSeconds: options.slowMotionSeconds ?? 0,
  });
  const { host, port: wanted } = options;
  const listening = listen({ app, host, port: wanted, tls: options.farm.tls ?? null });
  const open = await listening;
  const { port } = open;
  await reporter.start();
  const orders = new OrderFollower({ link, films, shelf, reporter, freeBytes, disk, log });
  log.info({ id, port, containers }, 'the frame server listens');
  return new FrameServer({
    open,
    films,
    segments,
    previews,
    reporter,
    client,
    shutOut,
    orders,
    decoders,
    out,
    sweeping,
  });
}

async function startDecoders(folder: string, options: FrameServerOptions): Promise<Decoders> {
  const { ffmpeg, log, largestPicture = LARGEST_PICTURE, searchPath = '/usr/bin' } = options;
  const command = await decoderCommand({ ffmpeg, folder, largestPicture, searchPath });
  log.info({ enclosed: command.isEnclosed }, 'pictures are decoded in processes of their own');
  return new Decoders({ command, largestPicture, count: DECODING });
}

// Throws `machine.data-not-writable`. Whatever a killed process left unfinished is thrown away.
async function prepareFolder(folder: string): Promise<string> {
  try {
    await rm(unfinishedFolder(folder), { recursive: true, force: true });
    await mkdir(unfinishedFolder(folder), { recursive: true });
    await mkdir(jobsFolder(folder), { recursive: true });
    return await readIdentity(folder);
  } catch (cause) {
    if (cause instanceof FarmError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FarmError('machine.data-not-writable', { folder, why }, { cause });
  }
}

/** Bytes of the disk that this folder is on; null where that cannot be told. */
async function diskOf(folder: string): Promise<{ free: number; size: number } | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, size: blocks * bsize };
  } catch {
    return null;
  }
}

import { type EncodeOrder, FarmError } from '@akashganga/protocol';
import type { Logger } from 'pino';
import { listEncoders } from '../../ffmpeg/list-encoders.ts';
import { jobPaths } from '../../files/job-paths.ts';
import type { JobShelf } from '../../gather/job-shelf.ts';
import type { Decoders } from '../../pictures/decoder/decoders.ts';
import { type ChosenEncoder, chooseEncoder } from '../encoder/choose-encoder.ts';
import { canJoin } from '../encoder/encoder-arguments.ts';
import { type FilmFrame, hereAlready } from '../film-frames.ts';
import { readAhead } from '../read-ahead.ts';
import { EncoderPlaces } from './encoder-places.ts';
import { FollowedFilm } from './followed-film.ts';
import { type KeptSegment, readKeptSegment, segmentRecipe } from './kept-segment.ts';
import { makeSegment } from './make-segment.ts';
import { segmentCount, segmentSlice } from './segment-list.ts';

/** What a film will be; its frames ascend. */
export type FilmPlan = Pick<EncodeOrder, 'job' | 'container' | 'rate' | 'settings' | 'kind'> & {
  readonly frames: readonly number[];
};

export interface SegmentMakerOptions {
  readonly folder: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string | null;
  readonly decoders: Decoders;
  readonly log: Logger;
  /** What the job's film will be; null when that is not known yet, or there will be none, or no frame comes any more. */
  readonly plan: (job: string, signal: AbortSignal) => Promise<FilmPlan | null>;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
  /** How often encoders that wait are looked after. Default 5 s. */
  readonly lookMs?: number;
  /** How long an encoder may wait for a frame while others could work. Default 20 s. */
  readonly patienceMs?: number;
  /** After so long without a frame the manager is asked whether any will come. Default 60 s. */
  readonly quietMs?: number;
}

/** Films that are followed at the same time, at 9 bytes a frame; those of other jobs are encoded when they are ordered. */
const FILMS_AT_ONCE = 16;
/** Segments of an ordered film that are made at the same time, where they were not made along. */
const MAKES_AT_ONCE = 2;
const ASK_AGAIN_MS = 5000;
const LOOK_MS = 5000;
const QUIET_MS = 60_000;

/** `whole`: it is encoded in one piece; null: nothing is known of it yet, or nobody wants one. */
type Following = FollowedFilm | 'whole' | null;

interface Entry {
  readonly opening: Promise<Following>;
  /** Null until it is opened, too. */
  film: Following;
  /** When a frame came last, or when the manager was asked since then. */
  seenAt: number;
}

/** Encodes the parts of films while their frames still come, so that little is left to do after the last one. */
export class SegmentMaker {
  readonly #options: SegmentMakerOptions;
  readonly #stop = new AbortController();
  readonly #places: EncoderPlaces;
  readonly #looking: NodeJS.Timeout;
  // The one a frame came for last is the last.
  readonly #films = new Map<string, Entry>();

  constructor(options: SegmentMakerOptions) {
    this.#options = options;
    const { now, patienceMs, lookMs = LOOK_MS } = options;
    this.#places = new EncoderPlaces({ now, patienceMs, onFree: () => this.#beginAll() });
    this.#looking = setInterval(() => this.#look(), lookMs).unref();
  }

  /** A frame is on disk. Costs nothing for jobs that are not followed. */
  frameStored(job: string, frame: number): void {
    if (this.#stop.signal.aborted) return;
    void this.#follow(job).then((film) => film instanceof FollowedFilm && film.frameStored(frame));
  }

  /**
   * The segments of an order whose frames are all here: those that were made while they came, the one under
   * way when it is done, and the rest made now. Afterwards the film is followed no more. Throws `film.failed`, and the
   * reason of `signal`.
   */
  async all(
    order: Pick<EncodeOrder, 'job'>,
    chosen: ChosenEncoder,
    frames: readonly FilmFrame[],
    signal: AbortSignal,
  ): Promise<KeptSegment[]> {
    const film = (await this.#films.get(order.job)?.opening) ?? null;
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const making: Promise<KeptSegment>[] = [];
    const make = (segment: number) => {
      const made = this.#segment(order.job, chosen, segment, frames, film, both);
      making.push(made);
      return made;
    };
    try {
      if (film instanceof FollowedFilm) await film.order(chosen, frames);
      const numbers = Array.from({ length: segmentCount(frames.length) }, (_, segment) => segment);
      const segments: KeptSegment[] = [];
      for await (const made of readAhead(numbers, make, MAKES_AT_ONCE - 1)) segments.push(made);
      return segments;
    } finally {
      stop.abort();
      await Promise.allSettled(making);
      await this.forget(order.job);
    }
  }

  /** The job's film is done, failed or no longer wanted; resolves when its encoders have ended. */
  async forget(job: string): Promise<void> {
    const entry = this.#films.get(job);
    this.#films.delete(job);
    await closeFilm((await entry?.opening) ?? null);
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#stop.abort();
    await Promise.all([...this.#films.keys()].map((job) => this.forget(job)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #segment(
    job: string,
    chosen: ChosenEncoder,
    segment: number,
    all: readonly FilmFrame[],
    film: Following,
    signal: AbortSignal,
  ): Promise<KeptSegment> {
    const { folder, shelf, ffmpeg, decoders } = this.#options;
    if (ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
    if (film instanceof FollowedFilm) await film.ended(segment, signal);
    const slice = segmentSlice(all, segment);
    const kept = await readKeptSegment(jobPaths(folder, job), segment, segmentRecipe(chosen, slice));
    if (kept) return kept;
    signal.throwIfAborted();
    const reader = { job, shelf, ffmpeg, decoders, chosen };
    const frames = hereAlready(slice);
    return makeSegment({ folder, segment, chosen, reader, frames, yields: false }, signal);
  }

  #follow(job: string): Promise<Following> {
    const entry = this.#films.get(job) ?? this.#begin(job);
    if (!entry) return Promise.resolve(null);
    entry.seenAt = this.#options.now();
    this.#films.delete(job);
    this.#films.set(job, entry);
    return entry.opening;
  }

  // Null where there are too many already, to all of which frames still come.
  #begin(job: string): Entry | null {
    if (this.#films.size >= FILMS_AT_ONCE) {
      const [[oldest, { seenAt }] = ['', { seenAt: 0 }]] = this.#films;
      if (!this.#isQuietSince(seenAt)) return null;
      void this.forget(oldest);
    }
    const opening = this.#open(job).catch((error: unknown) => {
      this.#options.log.debug({ err: error, job }, 'the film cannot be followed yet');
      return null;
    });
    const entry: Entry = { opening, film: null, seenAt: 0 };
    void opening.then((film) => {
      entry.film = film;
      // What is not known yet is asked again with a frame that comes later, not with each.
      const again = () => this.#films.get(job) === entry && this.#films.delete(job);
      if (film === null) setTimeout(again, ASK_AGAIN_MS).unref();
    });
    return entry;
  }

  async #open(job: string): Promise<Following> {
    const { folder, shelf, ffmpeg, decoders, log, now } = this.#options;
    if (ffmpeg === null) return 'whole';
    const plan = await this.#options.plan(job, this.#stop.signal);
    if (!plan) return null;
    const chosen = chooseEncoder(plan, await listEncoders(ffmpeg));
    if (!canJoin(plan.container, chosen)) return 'whole';
    const places = this.#places;
    const film = new FollowedFilm({ folder, shelf, ffmpeg, decoders, log, plan, chosen, places, now });
    await film.lookAround();
    return film;
  }

  #isQuietSince(seenAt: number): boolean {
    return this.#options.now() - seenAt > (this.#options.quietMs ?? QUIET_MS);
  }

  #beginAll(): void {
    for (const { film } of this.#films.values()) if (film instanceof FollowedFilm) film.begin();
  }

  // An encoder of a job that was canceled would wait for ever, since nobody tells of that here.
  #look(): void {
    this.#beginAll();
    for (const [job, entry] of this.#films) {
      if (!(entry.film instanceof FollowedFilm) || !this.#isQuietSince(entry.seenAt)) continue;
      entry.seenAt = this.#options.now();
      void this.#isStillSo(job, entry.film.plan).then((isSo) => {
        if (!isSo && this.#films.get(job) === entry) void this.forget(job);
      });
    }
  }

  async #isStillSo(job: string, plan: FilmPlan): Promise<boolean> {
    try {
      const now = await this.#options.plan(job, this.#stop.signal);
      return JSON.stringify(now) === JSON.stringify(plan);
    } catch (error) {
      return !(error instanceof FarmError && error.code === 'job.unknown');
    }
  }
}

async function closeFilm(film: Following): Promise<void> {
  if (film instanceof FollowedFilm) await film.close();
}

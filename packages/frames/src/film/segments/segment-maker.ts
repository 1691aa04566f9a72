import { type EncodeOrder, FarmError } from '@akashganga/protocol';
import type { Logger } from 'pino';
import { listEncoders } from '../../ffmpeg/list-encoders.ts';
import { jobPaths } from '../../files/job-paths.ts';
import type { JobShelf } from '../../gather/job-shelf.ts';
import type { Decoders } from '../../pictures/decoder/decoders.ts';
import { type ChosenEncoder, chooseEncoder } from '../encoder/choose-encoder.ts';
import { canJoin } from '../encoder/encoder-arguments.ts';
import { type FilmFrame, hereAlready } from '../film-frames.ts';
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
  /** What the job's film will be; null when that is not known yet, or there will be none. */
  readonly plan: (job: string, signal: AbortSignal) => Promise<FilmPlan | null>;
}

/** Films that grow at the same time; those of other jobs are encoded when they are ordered. */
const FILMS_AT_ONCE = 4;
const ASK_AGAIN_MS = 5000;

/** Encodes the parts of films while their frames still come, so that little is left to do after the last one. */
export class SegmentMaker {
  readonly #options: SegmentMakerOptions;
  readonly #stop = new AbortController();
  // The one a frame came for last is the last.
  readonly #films = new Map<string, Promise<FollowedFilm | 'whole' | null>>();

  constructor(options: SegmentMakerOptions) {
    this.#options = options;
  }

  /** A frame is on disk. Costs nothing for jobs that are not followed. */
  frameStored(job: string, frame: number): void {
    if (this.#stop.signal.aborted) return;
    void this.#followed(job).then((film) => film instanceof FollowedFilm && film.frameStored(frame));
  }

  /**
   * The segments of an order whose frames are all here: those that were made while they came, the one under
   * way when it is done, and the rest made now. Throws `film.failed`, and the reason of `signal`.
   */
  async all(
    order: Pick<EncodeOrder, 'job'>,
    chosen: ChosenEncoder,
    frames: readonly FilmFrame[],
    signal: AbortSignal,
  ): Promise<KeptSegment[]> {
    const { folder } = this.#options;
    const film = await this.#films.get(order.job);
    const segments: KeptSegment[] = [];
    for (let segment = 0; segment < segmentCount(frames.length); segment += 1) {
      if (film instanceof FollowedFilm) await film.ended(segment, signal);
      const slice = segmentSlice(frames, segment);
      const madeFrom = segmentRecipe(chosen, slice);
      const kept =
        (await readKeptSegment(jobPaths(folder, order.job), segment, madeFrom)) ??
        (await this.#make(order.job, chosen, segment, slice, signal));
      segments.push(kept);
    }
    return segments;
  }

  /** The job's film is done, failed or no longer wanted; resolves when its encoders have ended. */
  async forget(job: string): Promise<void> {
    const film = this.#films.get(job);
    this.#films.delete(job);
    await closeFilm((await film) ?? null);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#films.values()].map(async (film) => closeFilm(await film)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #make(
    job: string,
    chosen: ChosenEncoder,
    segment: number,
    frames: readonly FilmFrame[],
    signal: AbortSignal,
  ): Promise<KeptSegment> {
    const { folder, shelf, ffmpeg, decoders } = this.#options;
    if (ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
    const reader = { job, shelf, ffmpeg, decoders, chosen };
    const here = hereAlready(frames);
    return makeSegment({ folder, segment, chosen, reader, frames: here, yields: false }, signal);
  }

  #followed(job: string): Promise<FollowedFilm | 'whole' | null> {
    const film = this.#films.get(job) ?? this.#begin(job);
    this.#films.delete(job);
    this.#films.set(job, film);
    return film;
  }

  #begin(job: string): Promise<FollowedFilm | 'whole' | null> {
    for (const oldest of this.#films.keys()) {
      if (this.#films.size < FILMS_AT_ONCE) break;
      void this.forget(oldest);
    }
    const film = this.#follow(job).catch((error: unknown) => {
      this.#options.log.debug({ err: error, job }, 'the film cannot be followed yet');
      return null;
    });
    // What is not known yet is asked again with a frame that comes later, not with each.
    void film.then((found) => {
      const forget = () => this.#films.get(job) === film && this.#films.delete(job);
      if (found === null) setTimeout(forget, ASK_AGAIN_MS).unref();
    });
    return film;
  }

  async #follow(job: string): Promise<FollowedFilm | 'whole' | null> {
    const { folder, shelf, ffmpeg, decoders, log } = this.#options;
    if (ffmpeg === null) return 'whole';
    const plan = await this.#options.plan(job, this.#stop.signal);
    if (!plan) return null;
    const chosen = chooseEncoder(plan, await listEncoders(ffmpeg));
    if (!canJoin(plan.container, chosen)) return 'whole';
    const film = new FollowedFilm({ folder, shelf, ffmpeg, decoders, log, plan, chosen });
    await film.lookAround();
    return film;
  }
}

async function closeFilm(film: FollowedFilm | 'whole' | null): Promise<void> {
  if (film instanceof FollowedFilm) await film.close();
}

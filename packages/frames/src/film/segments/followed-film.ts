import type { Logger } from 'pino';
import { jobPaths } from '../../files/job-paths.ts';
import type { JobShelf } from '../../gather/job-shelf.ts';
import type { Decoders } from '../../pictures/decoder/decoders.ts';
import type { ChosenEncoder } from '../encoder/choose-encoder.ts';
import { type ComingFrame, type FilmFrame, findFilmFrame } from '../film-frames.ts';
import { Arrivals } from './arrivals.ts';
import { readKeptSegment, segmentRecipe } from './kept-segment.ts';
import { makeSegment } from './make-segment.ts';
import { SEGMENT_FRAMES, segmentSlice } from './segment-list.ts';
import type { FilmPlan } from './segment-maker.ts';

export interface FollowedFilmOptions {
  readonly folder: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string;
  readonly decoders: Decoders;
  readonly log: Logger;
  readonly plan: FilmPlan;
  readonly chosen: ChosenEncoder;
}

/** Encoders that run along at the same time: each holds some dozen pictures. */
const LANES = 2;
/** A segment is begun when so many of its first frames are here, since an encoder that waits helps nobody. */
const HEAD_START = 12;
/** An encoder that waits longer than this for a frame gives its lane to a segment that is complete. */
const PATIENCE_MS = 20_000;

interface Lane {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  /** When its last frame came, in milliseconds of `performance.now`. */
  movedAt: number;
}

/** One film that grows: begins segments as their frames come, and feeds the encoders in order. */
export class FollowedFilm {
  readonly #options: FollowedFilmOptions;
  readonly #arrivals: Arrivals;
  readonly #lanes = new Map<number, Lane>();
  readonly #ready = new Set<number>();
  #closed = false;

  constructor(options: FollowedFilmOptions) {
    this.#options = options;
    this.#arrivals = new Arrivals(options.plan.frames);
  }

  /** Takes in what was here before it was followed. */
  async lookAround(): Promise<void> {
    const { plan, shelf } = this.#options;
    await shelf.use(plan.job, async ({ index }) => {
      for (const frame of plan.frames) if (index.get(frame)) this.#note(frame);
    });
    this.#begin();
  }

  frameStored(frame: number): void {
    if (this.#closed) return;
    this.#note(frame);
    this.#begin();
  }

  /**
   * Resolves when the segment's encoder, if one runs, has ended, however it did. The film has been ordered, so what is
   * not here will not come: a frame failed or was canceled, and an encoder that waits for it is ended.
   */
  async ended(segment: number, signal: AbortSignal): Promise<void> {
    const lane = this.#lanes.get(segment);
    if (!lane) return;
    if (!this.#arrivals.isComplete(segment)) lane.stop.abort();
    const abort = () => lane.stop.abort();
    signal.addEventListener('abort', abort, { once: true });
    await lane.ended;
    signal.removeEventListener('abort', abort);
    signal.throwIfAborted();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { stop } of this.#lanes.values()) stop.abort();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.ended));
  }

  #note(frame: number): void {
    const segment = this.#arrivals.add(frame);
    if (segment === null || this.#lanes.has(segment)) return;
    if (this.#arrivals.isComplete(segment) || this.#arrivals.begins(segment, HEAD_START))
      this.#ready.add(segment);
  }

  #begin(): void {
    for (const segment of this.#ready) {
      if (this.#closed) return;
      if (this.#lanes.size >= LANES) return this.#impatient();
      this.#ready.delete(segment);
      this.#start(segment);
    }
  }

  // A gap in one segment must not hold up those that are whole.
  #impatient(): void {
    const now = performance.now();
    for (const [segment, { movedAt, stop }] of this.#lanes)
      if (now - movedAt > PATIENCE_MS && !this.#arrivals.isComplete(segment))
        stop.abort(new Error('a frame was waited for too long'));
  }

  #start(segment: number): void {
    const { log, plan } = this.#options;
    const stop = new AbortController();
    const ended = this.#encode(segment, stop.signal)
      .catch((error: unknown) => {
        // The order at the end makes it again, and says what is wrong if it still is.
        if (!stop.signal.aborted)
          log.info({ err: error, job: plan.job, segment }, 'a segment of the film failed');
      })
      .finally(() => {
        this.#lanes.delete(segment);
        this.#begin();
      });
    this.#lanes.set(segment, { stop, ended, movedAt: performance.now() });
  }

  async #encode(segment: number, signal: AbortSignal): Promise<void> {
    const { folder, shelf, ffmpeg, decoders, plan, chosen } = this.#options;
    const reader = { job: plan.job, shelf, ffmpeg, decoders, chosen };
    const slice = segmentSlice(plan.frames, segment);
    if (this.#arrivals.isComplete(segment) && (await this.#isKept(segment, slice))) return;
    const frames = slice.map(
      (frame, at): ComingFrame =>
        () =>
          this.#coming(segment, segment * SEGMENT_FRAMES + at, frame, signal),
    );
    await makeSegment({ folder, segment, chosen, reader, frames, yields: true }, signal);
  }

  // After a start of the frame server, and when frames of a finished film come again.
  async #isKept(segment: number, frames: readonly number[]): Promise<boolean> {
    const { folder, shelf, plan, chosen } = this.#options;
    const here = await Promise.all(frames.map((frame) => findFilmFrame(plan.job, frame, shelf)));
    const madeFrom = segmentRecipe(chosen, here);
    return (await readKeptSegment(jobPaths(folder, plan.job), segment, madeFrom)) !== null;
  }

  async #coming(segment: number, position: number, frame: number, signal: AbortSignal): Promise<FilmFrame> {
    await this.#arrivals.at(position, signal);
    const lane = this.#lanes.get(segment);
    if (lane) lane.movedAt = performance.now();
    return findFilmFrame(this.#options.plan.job, frame, this.#options.shelf);
  }
}

import type { Digest } from '@akashganga/protocol';
import type { Logger } from 'pino';
import { jobPaths } from '../../files/job-paths.ts';
import type { JobShelf } from '../../gather/job-shelf.ts';
import type { Decoders } from '../../pictures/decoder/decoders.ts';
import type { ChosenEncoder } from '../encoder/choose-encoder.ts';
import { type ComingFrame, type FilmFrame, findFilmFrame } from '../film-frames.ts';
import { Arrivals } from './arrivals.ts';
import type { AlongEncoder, EncoderPlaces } from './encoder-places.ts';
import { readKeptSegment, segmentRecipe } from './kept-segment.ts';
import { makeSegment } from './make-segment.ts';
import { segmentSlice, segmentStart } from './segment-list.ts';
import type { FilmPlan } from './segment-maker.ts';

export interface FollowedFilmOptions {
  readonly folder: string;
  readonly shelf: JobShelf;
  readonly ffmpeg: string;
  readonly decoders: Decoders;
  readonly log: Logger;
  readonly plan: FilmPlan;
  readonly chosen: ChosenEncoder;
  /** Shared by all films. */
  readonly places: EncoderPlaces;
  /** Milliseconds. */
  readonly now: () => number;
}

/** A segment is begun when so many of its first frames are here, since an encoder that waits helps nobody. */
const HEAD_START = 12;

interface Lane extends AlongEncoder {
  readonly stop: AbortController;
  ended: Promise<void>;
  movedAt: number;
  /** What the encoder got of each frame. */
  readonly read: Map<number, Digest>;
  /** A frame of its segment came for the second time, or when it was ending. */
  cameAgain: boolean;
}

/** One film that grows: begins segments as their frames come, and feeds the encoders in order. */
export class FollowedFilm {
  readonly #options: FollowedFilmOptions;
  readonly #arrivals: Arrivals;
  readonly #lanes = new Map<number, Lane>();
  readonly #ready = new Set<number>();
  // Frames that will not come, when the film is ordered all the same: a marked picture stands for each.
  readonly #marked = new Map<number, FilmFrame>();
  #ordered = false;
  #closed = false;

  constructor(options: FollowedFilmOptions) {
    this.#options = options;
    this.#arrivals = new Arrivals(options.plan.frames);
  }

  get plan(): FilmPlan {
    return this.#options.plan;
  }

  /** Takes in what was here before it was followed. */
  async lookAround(): Promise<void> {
    const { plan, shelf } = this.#options;
    await shelf.use(plan.job, async ({ index }) => {
      for (const frame of plan.frames) if (index.get(frame)) this.#note(frame);
    });
    this.begin();
  }

  frameStored(frame: number): void {
    if (this.#closed) return;
    this.#note(frame);
    this.begin();
  }

  /**
   * The film is ordered, of these frames: nothing is begun here any more, and what has not come will not. Encoders that
   * run go on where their segment can be one of this film; the others end.
   */
  async order(chosen: ChosenEncoder, frames: readonly FilmFrame[]): Promise<void> {
    this.#ordered = true;
    const { plan } = this.#options;
    const isPlanned =
      segmentRecipe(chosen, []) === segmentRecipe(this.#options.chosen, []) &&
      frames.length === plan.frames.length &&
      frames.every(({ frame }, position) => frame === plan.frames[position]);
    if (!isPlanned) return this.close();
    for (const [segment, lane] of this.#lanes)
      for (const { frame, digest } of segmentSlice(frames, segment))
        if ((lane.read.get(frame) ?? digest) !== digest) lane.stop.abort();
    for (const frame of frames) {
      if (frame.failed) this.#marked.set(frame.frame, frame);
      this.#arrivals.add(frame.frame);
    }
  }

  /** Resolves when the segment's encoder, if one runs, has ended, however it did. Rejects with the reason of `signal`. */
  async ended(segment: number, signal: AbortSignal): Promise<void> {
    const lane = this.#lanes.get(segment);
    if (!lane) return;
    const abort = () => lane.stop.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    await lane.ended;
    signal.removeEventListener('abort', abort);
    signal.throwIfAborted();
  }

  /** Begins what can be begun, if there are places for its encoders. */
  begin(): void {
    for (const segment of this.#ready) {
      if (this.#closed || this.#ordered) return;
      if (!this.#start(segment)) return;
      this.#ready.delete(segment);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { stop } of this.#lanes.values()) stop.abort();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.ended));
  }

  #note(frame: number): void {
    const wasHere = this.#arrivals.has(frame);
    const segment = this.#arrivals.add(frame);
    if (segment === null) return;
    const lane = this.#lanes.get(segment);
    if (lane) lane.cameAgain ||= wasHere || lane.stop.signal.aborted;
    else if (this.#arrivals.isComplete(segment) || this.#arrivals.begins(segment, HEAD_START))
      this.#ready.add(segment);
  }

  #start(segment: number): boolean {
    const { log, plan, places, now } = this.#options;
    const stop = new AbortController();
    const lane: Lane = {
      ...{ film: this, stop, ended: Promise.resolve(), movedAt: now(), read: new Map(), cameAgain: false },
      isWaiting: () => !this.#arrivals.isComplete(segment),
      giveUp: () => stop.abort(new Error('a frame was waited for too long')),
    };
    if (!places.take(lane)) return false;
    this.#lanes.set(segment, lane);
    lane.ended = this.#encode(segment, lane)
      .catch((error: unknown) => {
        // The order at the end makes it again, and says what is wrong if it still is.
        if (!stop.signal.aborted)
          log.info({ err: error, job: plan.job, segment }, 'a segment of the film failed');
      })
      .finally(() => {
        this.#lanes.delete(segment);
        if (lane.cameAgain && this.#arrivals.isComplete(segment)) this.#ready.add(segment);
        places.leave(lane);
      });
    return true;
  }

  async #encode(segment: number, lane: Lane): Promise<void> {
    const { folder, shelf, ffmpeg, decoders, plan, chosen } = this.#options;
    const reader = { job: plan.job, shelf, ffmpeg, decoders, chosen };
    const slice = segmentSlice(plan.frames, segment);
    if (this.#arrivals.isComplete(segment) && (await this.#isKept(segment, slice))) return;
    const start = segmentStart(segment, plan.frames.length);
    const frames = slice.map(
      (frame, at): ComingFrame =>
        () =>
          this.#coming(lane, start + at, frame),
    );
    await makeSegment({ folder, segment, chosen, reader, frames, yields: true }, lane.stop.signal);
  }

  // After a start of the frame server, and when frames of a finished film come again.
  async #isKept(segment: number, frames: readonly number[]): Promise<boolean> {
    const { folder, shelf, plan, chosen } = this.#options;
    const here = await Promise.all(frames.map((frame) => findFilmFrame(plan.job, frame, shelf)));
    const madeFrom = segmentRecipe(chosen, here);
    return (await readKeptSegment(jobPaths(folder, plan.job), segment, madeFrom)) !== null;
  }

  async #coming(lane: Lane, position: number, frame: number): Promise<FilmFrame> {
    const { plan, shelf, now } = this.#options;
    await this.#arrivals.at(position, lane.stop.signal);
    lane.movedAt = now();
    const found = this.#marked.get(frame) ?? (await findFilmFrame(plan.job, frame, shelf));
    lane.read.set(frame, found.digest);
    return found;
  }
}

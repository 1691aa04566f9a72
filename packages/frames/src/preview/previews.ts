import {
  FarmError,
  PREVIEW_PIECE_FRAMES,
  type Preview,
  type PreviewCodec,
  type PreviewQuery,
  previewMediaType,
} from '@akashganga/protocol';
import { listEncoders } from '../ffmpeg/list-encoders.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import { takeTurns } from '../gather/take-turns.ts';
import type { Decoders } from '../pictures/decoder/decoders.ts';
import { makePiece } from './make-piece.ts';
import { previewEncoder } from './piece-arguments.ts';
import { PieceCache } from './piece-cache.ts';
import { type PieceContent, type PreviewPlan, WatchedFilm } from './watched-film.ts';

export interface PreviewsOptions {
  readonly shelf: JobShelf;
  readonly ffmpeg: string | null;
  readonly decoders: Decoders;
  /** Bounds how many pictures are decoded at once on this frame server. */
  readonly turns: <T>(work: () => Promise<T>) => Promise<T>;
  /** The job's frames and rate; null while nobody knows them. */
  readonly plan: (job: string, signal: AbortSignal) => Promise<PreviewPlan | null>;
}

/** Which piece somebody wants, and what it was when they looked. */
export interface WantedPiece {
  readonly job: string;
  readonly piece: number;
  readonly version: string;
  readonly codec: PreviewCodec;
}

/** What a preview wants of its frames. */
const PLAIN = { evenSize: false, pixels: 'rgb24', background: '#000000' } as const;
const FILMS_WATCHED = 8;
const BYTES_KEPT = 64 << 20;

/**
 * Films that are watched while they grow. Nothing is made before somebody asks for it, one piece at a time and
 * with little priority, and pieces are kept in memory only: a preview never takes a disk or a renderer's time.
 */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #stop = new AbortController();
  readonly #pieces = new PieceCache(BYTES_KEPT);
  readonly #lane = takeTurns(1);
  // The one looked at last is the last.
  readonly #films = new Map<string, Promise<WatchedFilm>>();

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  /** A frame is on disk. Costs nothing for jobs that nobody watches. */
  frameStored(job: string, frame: number): void {
    this.#films.get(job)?.then(
      (film) => film.frameStored(frame),
      () => undefined,
    );
  }

  /** Pieces of a film and their versions. Throws `preview.none`, `job.unknown`, `machine.no-ffmpeg` and `machine.no-encoder`. */
  async look(job: string, { from, count, codec }: PreviewQuery): Promise<Preview> {
    await this.#ffmpegFor(codec);
    const film = await this.#watched(job);
    if (film.end === 0) throw new FarmError('preview.none', { job });
    return this.#options.shelf.use(job, async ({ index }) => {
      const pieces = [];
      for (let piece = from; piece < Math.min(from + count, film.pieces); piece += 1) {
        const content = film.content(piece, codec, index);
        if (content)
          pieces.push({ piece, version: content.version, frames: content.frames, here: content.here });
      }
      const known = { frames: film.frames, end: film.end, rate: film.rate };
      return { ...known, mediaType: previewMediaType[codec], pieceFrames: PREVIEW_PIECE_FRAMES, pieces };
    });
  }

  /** The video of a piece. Throws `preview.changed`, what `look` throws, `film.failed` and the reason of `signal`. */
  async piece(wanted: WantedPiece, signal: AbortSignal): Promise<Buffer> {
    const { job, piece, version, codec } = wanted;
    const { shelf, turns, decoders } = this.#options;
    const ffmpeg = await this.#ffmpegFor(codec);
    const film = await this.#watched(job);
    const changed = new FarmError('preview.changed', { job, piece });
    const content = await shelf.use(job, async ({ index }) => film.content(piece, codec, index));
    if (content?.version !== version) throw changed;
    const reader = { job, shelf, ffmpeg, decoders, chosen: PLAIN };
    const make = (stop: AbortSignal) =>
      this.#lane(async () => {
        stop.throwIfAborted();
        return makePiece({ film, content: content as PieceContent, codec, reader, turns }, stop);
      });
    return this.#pieces.get(`${job} ${piece} ${version}`, make, AbortSignal.any([signal, this.#stop.signal]));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#pieces.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ffmpegFor(codec: PreviewCodec): Promise<string> {
    const { ffmpeg } = this.#options;
    if (ffmpeg === null) throw new FarmError('machine.no-ffmpeg');
    const encoder = previewEncoder(codec);
    if (!(await listEncoders(ffmpeg)).has(encoder))
      throw new FarmError('machine.no-encoder', { container: 'mp4', encoders: [encoder] });
    return ffmpeg;
  }

  #watched(job: string): Promise<WatchedFilm> {
    const film = this.#films.get(job) ?? this.#open(job);
    this.#films.delete(job);
    this.#films.set(job, film);
    for (const oldest of this.#films.keys()) {
      if (this.#films.size <= FILMS_WATCHED) break;
      this.#films.delete(oldest);
    }
    return film;
  }

  #open(job: string): Promise<WatchedFilm> {
    const film = this.#read(job);
    film.catch(() => this.#films.get(job) === film && this.#films.delete(job));
    return film;
  }

  async #read(job: string): Promise<WatchedFilm> {
    const plan = await this.#options.plan(job, this.#stop.signal);
    if (!plan || plan.frames.length === 0) throw new FarmError('preview.none', { job });
    return this.#options.shelf.use(job, async ({ index }) => new WatchedFilm(plan, index));
  }
}

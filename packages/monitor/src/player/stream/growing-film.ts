import type { Preview, PreviewCodec, PreviewPiece } from '@akashganga/protocol';
import { Refusal } from '../../api/call.ts';
import { farmApi } from '../../api/farm-api.ts';
import { type FilmRate, startOf } from '../film-clock.ts';
import { keptPieces, lackingPieces, type PieceRange, wantedPieces } from './piece-window.ts';
import { SourceLine } from './source-line.ts';

export interface GrowingFilmOptions {
  readonly job: string;
  readonly video: HTMLVideoElement;
  readonly Source: typeof MediaSource;
  readonly codec: PreviewCodec;
  readonly rate: FilmRate;
  /** Frames of the whole film. */
  readonly total: number;
  /** What stands in the way, in words; null when nothing does any more. */
  readonly onProblem: (says: string | null) => void;
}

/** Until the manager said it first: the protocol's own number. */
const USUAL_PIECE = 24;
/** Between two questions to the farm, whatever happens. */
const REST_MS = 400;
const REST_AFTER_TROUBLE_MS = 2000;

/**
 * The film so far in a video element: pieces around the place that is played are fetched, put in, and fetched
 * again when their version changes. What nobody looks at is neither made nor fetched.
 */
export class GrowingFilm {
  readonly #options: GrowingFilmOptions;
  readonly #media: MediaSource;
  readonly #address: string;
  readonly #loaded = new Map<number, PreviewPiece>();
  readonly #stop = new AbortController();
  /** Ends the fetching of pieces that are not wanted any more. */
  #round = new AbortController();
  #each = USUAL_PIECE;
  #place = { position: 0, speed: 1 };
  #stale = true;
  #wake: () => void = () => undefined;

  constructor(options: GrowingFilmOptions) {
    this.#options = options;
    this.#media = new options.Source();
    this.#address = URL.createObjectURL(this.#media);
    options.video.disableRemotePlayback = true;
    options.video.src = this.#address;
    void this.#run();
  }

  /** Whether the frame at a position is in the picture: false where one before it is held, null when that is not known. */
  isHere(position: number): boolean | null {
    const piece = this.#loaded.get(Math.floor(position / this.#each));
    const at = position % this.#each;
    if (!piece || at >= piece.frames) return null;
    return ((piece.here >> at) & 1) === 1;
  }

  /** Where it is played, and how fast. */
  watch(position: number, speed: number): void {
    const before = this.#wanted();
    this.#place = { position, speed };
    const now = this.#wanted();
    if (now.from === before.from && now.to === before.to) return;
    // Somebody who jumps does not wait for what was wanted before.
    if (now.from >= before.to || now.to <= before.from) this.#round.abort();
    this.framesChanged();
  }

  /** Frames came, or came again: there may be other versions. */
  framesChanged(): void {
    this.#stale = true;
    this.#wake();
  }

  close(): void {
    this.#stop.abort();
    this.#round.abort();
    this.#wake();
    URL.revokeObjectURL(this.#address);
  }

  #wanted(): PieceRange {
    const { position, speed } = this.#place;
    return wantedPieces(position, speed, this.#options.rate, this.#each);
  }

  async #run(): Promise<void> {
    await until(this.#media, 'sourceopen', this.#stop.signal);
    let line: SourceLine | null = null;
    while (!this.#stop.signal.aborted) {
      let rest = REST_MS;
      try {
        this.#stale = false;
        line = await this.#fetchRound(line);
        this.#options.onProblem(null);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#stale = true;
        if (!this.#round.signal.aborted) {
          rest =
            error instanceof Refusal && error.code === 'preview.changed' ? REST_MS : REST_AFTER_TROUBLE_MS;
          if (rest !== REST_MS)
            this.#options.onProblem(error instanceof Error ? error.message : String(error));
        } else rest = 0;
      }
      await this.#rest(rest);
    }
  }

  async #fetchRound(known: SourceLine | null): Promise<SourceLine> {
    const { job, codec, rate, total } = this.#options;
    this.#round = new AbortController();
    const signal = AbortSignal.any([this.#round.signal, this.#stop.signal]);
    const { from, to } = this.#wanted();
    const preview = await farmApi.preview(job, from, to - from, codec, signal);
    this.#each = preview.pieceFrames;
    const line = known ?? new SourceLine(this.#media, preview.mediaType);
    if (!known) await line.setDuration(startOf(total, rate));
    for (const piece of lackingPieces(preview.pieces, this.#loaded)) {
      const bytes = await farmApi.previewPiece(job, piece, codec, signal);
      await this.#put(line, piece, bytes);
    }
    await this.#drop(line);
    if (this.#hasEnd(preview)) await line.finish();
    return line;
  }

  async #put(line: SourceLine, piece: PreviewPiece, bytes: ArrayBuffer): Promise<void> {
    const { video, rate } = this.#options;
    await line.append(bytes, startOf(piece.piece * this.#each, rate));
    this.#loaded.set(piece.piece, piece);
    // A browser goes on with the old pictures of a piece that is being played, and waits at their end for the
    // first of the next piece. A seek to where it is makes it look at the new ones.
    const isPlayed = Math.floor(this.#place.position / this.#each) === piece.piece;
    const waits = video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (isPlayed && waits && !video.seeking) video.currentTime += 0;
  }

  async #drop(line: SourceLine): Promise<void> {
    const { rate } = this.#options;
    const { from, to } = keptPieces(this.#place.position, rate, this.#each);
    const outside = [...this.#loaded.keys()].filter((piece) => piece < from || piece >= to);
    if (outside.length === 0) return;
    for (const piece of outside) this.#loaded.delete(piece);
    await line.remove(0, startOf(from * this.#each, rate));
    await line.remove(startOf(to * this.#each, rate), Number.POSITIVE_INFINITY);
  }

  #hasEnd({ end, frames }: Preview): boolean {
    return end === frames && this.#loaded.has(Math.floor((frames - 1) / this.#each));
  }

  // Until something changed, but not sooner than `milliseconds`.
  async #rest(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (this.#stale || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

function until(media: MediaSource, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    media.addEventListener(event, () => resolve(), { once: true });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

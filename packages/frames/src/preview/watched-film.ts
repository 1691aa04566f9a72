import { createHash } from 'node:crypto';
import { PREVIEW_PIECE_FRAMES, type PreviewCodec, type PreviewPiece, type Rate } from '@akashganga/protocol';
import { exactRate, type Fraction } from '../film/encoder/exact-rate.ts';
import { positionOf } from '../film/segments/segment-list.ts';
import type { FrameIndex, KeptFrame } from '../gather/frame-index.ts';

/** What somebody who watches is shown: the job's frames, ascending, at this rate. */
export interface PreviewPlan {
  readonly job: string;
  readonly frames: readonly number[];
  readonly rate: Rate;
}

/** A piece with what it is made of: a picture for each of its positions, null where the one before is held. */
export interface PieceContent extends PreviewPiece {
  readonly pictures: readonly (KeptFrame | null)[];
  /** What is held until the first picture; null: nothing came before, so it is black. */
  readonly held: KeptFrame | null;
}

/** Numbers that every container and browser takes. */
const LARGEST_IN_RATE = 65_535;

/** Which frames of a film that is watched are here: a byte a frame. */
export class WatchedFilm {
  readonly job: string;
  readonly rate: Fraction;
  /** Of all pieces, once the first picture was decoded. */
  size: { readonly width: number; readonly height: number } | null = null;
  readonly #frames: readonly number[];
  readonly #here: Uint8Array;
  #end = 0;

  constructor({ job, frames, rate }: PreviewPlan, index: FrameIndex) {
    this.job = job;
    this.rate = exactRate(rate, LARGEST_IN_RATE);
    this.#frames = frames;
    this.#here = new Uint8Array(frames.length);
    for (const [position, frame] of frames.entries()) if (index.get(frame)) this.#set(position);
  }

  get frames(): number {
    return this.#frames.length;
  }

  /** The position after the last frame that is here. */
  get end(): number {
    return this.#end;
  }

  /** How many pieces have something to show. */
  get pieces(): number {
    return Math.ceil(this.#end / PREVIEW_PIECE_FRAMES);
  }

  frameStored(frame: number): void {
    const position = positionOf(this.#frames, frame);
    if (position >= 0) this.#set(position);
  }

  /** The piece as it is now, or null where nothing is to be shown. The last one ends with the last frame that is here. */
  content(piece: number, codec: PreviewCodec, index: FrameIndex): PieceContent | null {
    const start = piece * PREVIEW_PIECE_FRAMES;
    const frames = Math.min(PREVIEW_PIECE_FRAMES, this.#end - start);
    if (frames <= 0) return null;
    const pictures = Array.from({ length: frames }, (_, at) => this.#picture(start + at, index));
    const held = pictures[0] ? null : this.#before(start, index);
    let here = 0;
    for (const [at, picture] of pictures.entries()) if (picture) here |= 1 << at;
    const made = [codec, this.rate, held?.digest ?? null, pictures.map((picture) => picture?.digest ?? null)];
    const version = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16);
    return { piece, version, frames, here, pictures, held };
  }

  /** The first frame that is here. */
  first(index: FrameIndex): KeptFrame | null {
    for (let at = this.#here.indexOf(1); at >= 0; at = this.#here.indexOf(1, at + 1)) {
      const picture = this.#picture(at, index);
      if (picture) return picture;
    }
    return null;
  }

  #set(position: number): void {
    this.#here[position] = 1;
    this.#end = Math.max(this.#end, position + 1);
  }

  // A damaged file was put aside since: whoever looks for it sees that it is gone.
  #picture(position: number, index: FrameIndex): KeptFrame | null {
    if (this.#here[position] !== 1) return null;
    return index.get(this.#frames[position] ?? 0) ?? null;
  }

  #before(position: number, index: FrameIndex): KeptFrame | null {
    for (let at = position; ; ) {
      at = at === 0 ? -1 : this.#here.lastIndexOf(1, at - 1);
      if (at < 0) return null;
      const picture = this.#picture(at, index);
      if (picture) return picture;
    }
  }
}

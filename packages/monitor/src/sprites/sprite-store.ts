import type { FrameBoard } from '../frames/frame-board.ts';
import { isDone } from '../player/held-frame.ts';
import { SPRITE_FRAMES } from './sprite-cells.ts';

/** So many sprites are kept, about two megabytes each once they are decoded: 1,600 frames. */
const MOST_KEPT = 16;
/** A sprite that lacks what was done since is asked for again after so long. Milliseconds. */
const REST = 3000;

interface Kept<Picture> {
  /** Null: the farm had none. */
  readonly picture: Picture | null;
  /** A character for each frame: which were done when it was asked for, and hence have their cell filled. */
  readonly done: string;
  readonly askedAt: number;
}

interface SpriteStoreNeeds<Picture> {
  readonly fetchSprite: (sprite: number, signal: AbortSignal) => Promise<Picture>;
  readonly drop: (picture: Picture) => void;
  /** A sprite that was looked for is here. */
  readonly onCome: () => void;
  readonly now: () => number;
}

/**
 * The sprites somebody passes who scrubs. One is fetched at a time, and after it the one that is wanted then: whoever
 * races over ten thousand frames asks for few of their hundred sprites, and for no frame by itself.
 */
export class SpriteStore<Picture> {
  readonly #needs: SpriteStoreNeeds<Picture>;
  readonly #stop = new AbortController();
  // The one looked at last is the last.
  readonly #kept = new Map<number, Kept<Picture>>();
  #wanted: { sprite: number; done: string } | null = null;
  #fetching = false;

  constructor(needs: SpriteStoreNeeds<Picture>) {
    this.#needs = needs;
  }

  /** The sprite that shows the frame at a place of the board; null while there is none, which is then asked for. */
  look(board: FrameBoard, place: number): Picture | null {
    const sprite = Math.floor(place / SPRITE_FRAMES);
    const kept = this.#kept.get(sprite);
    const done = doneIn(board, sprite);
    const isLacking = !kept || kept.picture === null || kept.done !== done;
    const isOld = !kept || (isLacking && this.#needs.now() - kept.askedAt > REST);
    this.#wanted = isOld ? { sprite, done } : null;
    if (isOld) void this.#fetch();
    if (!kept) return null;
    this.#kept.delete(sprite);
    this.#kept.set(sprite, kept);
    return kept.done[place % SPRITE_FRAMES] === '1' ? kept.picture : null;
  }

  close(): void {
    this.#stop.abort();
    for (const { picture } of this.#kept.values()) if (picture !== null) this.#needs.drop(picture);
    this.#kept.clear();
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    while (this.#wanted !== null && !this.#stop.signal.aborted) {
      const { sprite, done } = this.#wanted;
      this.#wanted = null;
      const askedAt = this.#needs.now();
      // What cannot be had is asked for again after a while: until then the frames show themselves.
      const picture = await this.#needs.fetchSprite(sprite, this.#stop.signal).catch(() => null);
      this.#keep(sprite, { picture, done, askedAt });
    }
    this.#fetching = false;
  }

  #keep(sprite: number, coming: Kept<Picture>): void {
    if (this.#stop.signal.aborted) {
      if (coming.picture !== null) this.#needs.drop(coming.picture);
      return;
    }
    const before = this.#kept.get(sprite)?.picture ?? null;
    this.#kept.delete(sprite);
    this.#kept.set(sprite, coming);
    if (before !== null) this.#needs.drop(before);
    for (const [oldest, { picture }] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
      if (picture !== null) this.#needs.drop(picture);
    }
    this.#needs.onCome();
  }
}

function doneIn(board: FrameBoard, sprite: number): string {
  let done = '';
  for (let at = 0; at < SPRITE_FRAMES; at += 1)
    done += isDone(board, sprite * SPRITE_FRAMES + at) ? '1' : '0';
  return done;
}

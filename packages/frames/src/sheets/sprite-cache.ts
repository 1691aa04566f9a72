import type { Sprite } from './make-sprite.ts';

/** Sprites that were asked for lately, in memory up to so many bytes. */
export class SpriteCache {
  readonly #limit: number;
  // The one asked for last is the last.
  readonly #kept = new Map<string, Sprite>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(name: string): Sprite | null {
    const sprite = this.#kept.get(name);
    if (!sprite) return null;
    this.#kept.delete(name);
    this.#kept.set(name, sprite);
    return sprite;
  }

  /** Gives back what it is given; older ones go to make room. */
  keep(name: string, sprite: Sprite | null): Sprite | null {
    if (!sprite || this.#kept.has(name)) return sprite;
    this.#kept.set(name, sprite);
    this.#bytes += sprite.webp.length;
    for (const [oldest, { webp }] of this.#kept) {
      if (this.#bytes <= this.#limit) break;
      this.#kept.delete(oldest);
      this.#bytes -= webp.length;
    }
    return sprite;
  }
}

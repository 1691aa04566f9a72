/** An encoder that runs along with renders. */
export interface AlongEncoder {
  /** Which film it belongs to. */
  readonly film: object;
  /** When its last frame came, in milliseconds of `now`. */
  readonly movedAt: number;
  /** Whether frames of its segment are still to come. */
  readonly isWaiting: () => boolean;
  /** Ends it; its segment is begun again when it is complete. */
  readonly giveUp: () => void;
}

export interface EncoderPlacesOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Somebody may take a place now. */
  readonly onFree: () => void;
  /** An encoder that waits longer than this for a frame gives its place to one that has something to do. Default 20 s. */
  readonly patienceMs?: number | undefined;
}

/** Each encoder, with the decoder that looks at what comes out, holds some dozen pictures. */
const ALL = 4;
const OF_ONE_FILM = 2;
const PATIENCE_MS = 20_000;

/** How many encoders run along with renders at the same time, of all films together and of each. */
export class EncoderPlaces {
  readonly #options: EncoderPlacesOptions;
  readonly #taken = new Set<AlongEncoder>();

  constructor(options: EncoderPlacesOptions) {
    this.#options = options;
  }

  /** False when there is none: a gap in one segment holds it up for as long as the patience lasts, and no longer. */
  take(encoder: AlongEncoder): boolean {
    const all = [...this.#taken];
    const own = all.filter(({ film }) => film === encoder.film);
    if (own.length >= OF_ONE_FILM) return this.#hurry(own);
    if (all.length >= ALL) return this.#hurry(all);
    this.#taken.add(encoder);
    return true;
  }

  leave(encoder: AlongEncoder): void {
    if (this.#taken.delete(encoder)) this.#options.onFree();
  }

  #hurry(encoders: readonly AlongEncoder[]): false {
    const { now, patienceMs = PATIENCE_MS } = this.#options;
    const late = encoders.filter((one) => one.isWaiting() && now() - one.movedAt > patienceMs);
    late.sort((one, other) => one.movedAt - other.movedAt)[0]?.giveUp();
    return false;
  }
}

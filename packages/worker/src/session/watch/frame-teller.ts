import type { RenderRequest } from '../session-words.ts';

const TELL_MS = 1000;
/** An estimate never says that a frame is done. */
const MOST_ESTIMATED = 0.95;

/**
 * How far one frame is, for people: what Blender told, or, where that is less, what the time says that frames of the job
 * usually take. Cycles tells nothing between its first sample and its last in 3.4 when all are drawn in one go (measured:
 * 5 s of silence), so without the time a light frame would stand at 0 % until it is done.
 */
export class FrameTeller {
  readonly #request: RenderRequest;
  readonly #began: number;
  readonly #timer: NodeJS.Timeout | null;
  #heard = 0;
  #last = 0;
  #fraction = 0;
  #memory: number | null = null;

  constructor(request: RenderRequest) {
    this.#request = request;
    this.#began = performance.now();
    const tells = request.onProgress !== undefined && (request.usualSeconds ?? 0) > 0;
    this.#timer = tells ? setInterval(() => this.tell(this.#memory), TELL_MS).unref() : null;
  }

  /** True when this is another fraction than the one before, which falls when a further layer begins. */
  heard(fraction: number): boolean {
    const isNews = fraction !== this.#last;
    this.#last = fraction;
    this.#heard = Math.max(fraction, this.#heard);
    return isNews;
  }

  tell(memory: number | null): void {
    this.#memory = memory;
    const { frame, onProgress, usualSeconds } = this.#request;
    const seconds = (performance.now() - this.#began) / 1000;
    const estimated = usualSeconds ? Math.min(MOST_ESTIMATED, seconds / usualSeconds) : 0;
    this.#fraction = Math.max(this.#fraction, this.#heard, estimated);
    onProgress?.({ frame, fraction: this.#fraction, memory });
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
  }
}

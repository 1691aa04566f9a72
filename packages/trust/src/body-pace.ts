import type { IncomingMessage } from 'node:http';

export interface PaceOptions {
  /** Of each so many milliseconds a body must bring something. */
  readonly everyMs: number;
  /** At least so many bytes in that time. */
  readonly least: number;
}

const USUAL: PaceOptions = { everyMs: 30_000, least: 8 * 1024 };

/**
 * Ends the connections of those who send a body so slowly that it is meant to hold something up. A body that waits
 * because we do not read it is left alone: then there are bytes to be read.
 */
export class BodyPace {
  readonly #options: PaceOptions;
  readonly #under = new Map<IncomingMessage, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: PaceOptions = USUAL) {
    this.#options = options;
  }

  watch(request: IncomingMessage): void {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (coding === undefined && (length === undefined || length === '0')) return;
    this.#under.set(request, request.socket.bytesRead);
    request.once('close', () => this.#under.delete(request));
    this.#timer ??= setInterval(() => this.#look(), this.#options.everyMs).unref();
  }

  #look(): void {
    for (const [request, before] of this.#under) {
      const read = request.socket.bytesRead;
      const isSlow = read - before < this.#options.least && request.readableLength === 0;
      if (request.complete) this.#under.delete(request);
      else if (isSlow) request.socket.destroy();
      else this.#under.set(request, read);
    }
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#under.clear();
  }
}

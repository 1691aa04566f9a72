/** A `SourceBuffer` does one thing at a time; here they stand in line. Whoever asks goes on when its own is done. */
export class SourceLine {
  readonly #media: MediaSource;
  readonly #buffer: SourceBuffer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(media: MediaSource, mediaType: string) {
    this.#media = media;
    this.#buffer = media.addSourceBuffer(mediaType);
  }

  /** Puts a piece where it belongs; what was there is replaced. Rejects when the browser does not take it. */
  append(bytes: ArrayBuffer, seconds: number): Promise<void> {
    return this.#next(() => {
      this.#buffer.timestampOffset = seconds;
      this.#buffer.appendBuffer(bytes);
    });
  }

  /** Nothing is kept from one time to another. */
  remove(from: number, to: number): Promise<void> {
    if (to <= from) return Promise.resolve();
    return this.#next(() => this.#buffer.remove(from, to));
  }

  /** How long the film will be, whatever is here of it. */
  setDuration(seconds: number): Promise<void> {
    return this.#next(() => {
      if (this.#media.duration !== seconds) this.#media.duration = seconds;
    });
  }

  /** The end of the film is here: it does not wait for more. A piece that is put in later opens it again. */
  finish(): Promise<void> {
    return this.#next(() => {
      if (this.#media.readyState === 'open') this.#media.endOfStream();
    });
  }

  #next(act: () => void): Promise<void> {
    const done = this.#last.then(() => this.#act(act));
    this.#last = done.catch(() => undefined);
    return done;
  }

  #act(act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#buffer.removeEventListener('updateend', updated);
        this.#buffer.removeEventListener('error', failed);
        settle();
      };
      const updated = () => end(resolve);
      const failed = () => end(() => reject(new Error('This browser cannot play the film so far.')));
      this.#buffer.addEventListener('updateend', updated);
      this.#buffer.addEventListener('error', failed);
      try {
        act();
        if (!this.#buffer.updating) updated();
      } catch (error) {
        end(() => reject(error));
      }
    });
  }
}

import { type EncodeOrder, FarmError, type GatherReport, toProblem } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { KeptFilm } from './kept-film.ts';
import { type FilmRoom, makeFilm } from './make-film.ts';
import { type Trying, tryAgain } from './try-again.ts';

export interface FilmMakerOptions extends FilmRoom {
  readonly log: Logger;
  /** Resolves when the manager has it. */
  readonly tell: (report: GatherReport) => Promise<void>;
  /** Called each time a film finds no room on the disk; it goes on by itself when there is some. */
  readonly onFull: () => void;
  /** Called when a job leaves `encoding` because the manager knows how its film ended. */
  readonly onEnded: () => void;
  /** Called when a film has its place, before the manager knows. */
  readonly onMade: (order: EncodeOrder) => void;
}

const ROOM_MS = 3000;
const KILLED_MS = 1000;

/** Makes films, one at a time in the order they were asked for, and tells the manager of each. */
export class FilmMaker {
  readonly #options: FilmMakerOptions;
  readonly #films = new Map<string, AbortController>();
  #lane: Promise<void> = Promise.resolve();
  #underWay: { readonly job: string; readonly made: Promise<void> } | null = null;
  #closed = false;

  constructor(options: FilmMakerOptions) {
    this.#options = options;
  }

  /** Jobs whose film is waiting, under way, or finished but not yet known to the manager. */
  get encoding(): string[] {
    return [...this.#films.keys()];
  }

  /** An order for a job that has one already is ignored. */
  order(order: EncodeOrder): void {
    if (this.#closed || this.#films.has(order.job)) return;
    const stop = new AbortController();
    this.#films.set(order.job, stop);
    this.#lane = this.#lane.then(() => {
      const made = this.#make(order, stop.signal);
      this.#underWay = { job: order.job, made };
      return made;
    });
  }

  /** Ends the job's film, if there is one under way; the manager is not told. */
  stop(job: string): void {
    const film = this.#films.get(job);
    if (!film) return;
    this.#films.delete(job);
    film.abort();
  }

  /** Ends everything about the job's film; resolves when nothing of it is written any more. */
  async forget(job: string): Promise<void> {
    this.stop(job);
    // What it was about to write would make the job's folder anew.
    if (this.#underWay?.job === job) await this.#underWay.made;
    await this.#options.segments.forget(job);
  }

  /** Ends the film under way. The manager orders it again when it meets another boot of this frame server. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.encoding) this.stop(job);
    await this.#lane;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #trying({ job }: EncodeOrder): Trying {
    const { log, onFull } = this.#options;
    let said = '';
    return {
      ...{ roomMs: ROOM_MS, killedMs: KILLED_MS },
      onWait: (error) => {
        if (error.code === 'disk.full') onFull();
        if (error.code !== said) log.warn({ job, code: error.code }, error.says);
        said = error.code;
      },
    };
  }

  // Never rejects: what went wrong is told.
  async #make(order: EncodeOrder, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { log } = this.#options;
    const startedAt = performance.now();
    let report: GatherReport;
    try {
      const film = await tryAgain(() => makeFilm(order, this.#options, signal), this.#trying(order), signal);
      const seconds = Math.round(performance.now() - startedAt) / 1000;
      log.info({ job: order.job, container: film.container, frames: film.frames, seconds }, 'film made');
      report = filmReport(order, film);
      this.#options.onMade(order);
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error, job: order.job }, 'the film could not be made');
      report = { kind: 'film-failed', job: order.job, problem: filmProblem(error) };
    }
    void this.#options.segments.forget(order.job);
    // The next film does not wait for this report.
    void this.#options
      .tell(report)
      .then(() => {
        if (signal.aborted) return;
        this.#films.delete(order.job);
        this.#options.onEnded();
      })
      .catch((error: unknown) => log.debug({ err: error, job: order.job }, 'closing with a film not told'));
  }
}

function filmReport(order: EncodeOrder, film: KeptFilm): GatherReport {
  const { container, digest, size, frames, notes, psnr } = film;
  return { kind: 'film', job: order.job, container, digest, size, frames, notes: [...notes], psnr };
}

function filmProblem(error: unknown) {
  if (error instanceof FarmError) return toProblem(error);
  const why = error instanceof Error ? error.message : String(error);
  return toProblem(new FarmError('film.failed', { why }));
}

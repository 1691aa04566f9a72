import { type FilmRate, middleOf, positionAt, startOf } from './film-clock.ts';
import { GrowingFilm } from './stream/growing-film.ts';
import { waysToPlay } from './stream/media-source.ts';
import { keepAwake } from './stream/nudge.ts';

/** What the player is doing. A new object with each change. */
export interface PlayerState {
  /** Counts from 0, in the order of the frames' numbers. */
  readonly position: number;
  readonly playing: boolean;
  /** It stays with the end of what is there. */
  readonly following: boolean;
  readonly speed: number;
  readonly loop: boolean;
  /** It plays, and stands still because nothing comes after. */
  readonly waiting: boolean;
  /** The shown picture is one before the position; null when only the states of the frames can tell. */
  readonly held: boolean | null;
  readonly problem: string | null;
  readonly source: 'growing' | 'film';
}

export interface FilmPlayerOptions {
  readonly job: string;
  readonly rate: FilmRate;
  readonly total: number;
  /** The address of the finished film where this browser may be able to play it. */
  readonly film: string | null;
  /** The position after the last frame that is there. */
  readonly end: number;
}

const FIRST: Omit<PlayerState, 'source' | 'position' | 'following'> = {
  ...{ playing: false, speed: 1, loop: false, waiting: false },
  ...{ held: null, problem: null },
};
const CANNOT = 'This browser cannot play a film that grows. Step through its frames, or wait for the film.';

/**
 * Plays one film in one video element: the pieces of the growing one, or the finished one when it is there. While it
 * is paused nothing is fetched for it: the page shows the frame's own picture then.
 */
export class FilmPlayer {
  readonly #video: HTMLVideoElement;
  readonly #options: FilmPlayerOptions;
  readonly #stop = new AbortController();
  readonly #stopNudging: () => void;
  #listener: () => void = () => undefined;
  #growing: GrowingFilm | null = null;
  #end: number;
  #film: string | null;
  #state: PlayerState;

  constructor(video: HTMLVideoElement, options: FilmPlayerOptions) {
    const { end, film, total } = options;
    this.#video = video;
    this.#options = options;
    this.#end = end;
    this.#film = film;
    const following = film === null && end < total;
    const position = following ? Math.max(0, end - 1) : 0;
    this.#state = { ...FIRST, source: film === null ? 'growing' : 'film', following, position };
    this.#listen();
    this.#stopNudging = keepAwake(video, startOf(1, options.rate));
    if (film !== null) this.#open(film);
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** Calls `listener` after each change of the state. One at a time. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  toggle(): void {
    if (this.#state.playing) this.pause();
    else this.play();
  }

  play(): void {
    const { position, source } = this.#state;
    const from = position >= this.#lastHere() ? 0 : position;
    if (source === 'growing' && !this.#begin(from)) return;
    this.#set({ playing: true, following: false, waiting: false, position: from, problem: null });
    this.#goTo(from);
    this.#start();
  }

  pause(): void {
    this.#video.pause();
    this.#set({ playing: false, following: false, waiting: false });
  }

  /** Shows this position, and goes on from there if it plays. */
  seek(position: number): void {
    const to = Math.max(0, Math.min(this.#options.total - 1, position));
    this.#set({ position: to, following: false, waiting: false, held: null });
    if (this.#state.playing) this.#growing?.watch(to, this.#state.speed);
    if (this.#state.playing || this.#state.source === 'film') this.#goTo(to);
  }

  /** Pauses and goes so many positions on, or back. */
  step(by: number): void {
    const { position, playing } = this.#state;
    if (playing) this.pause();
    this.seek(position + by);
  }

  /** Stays with the newest frame from now on. */
  follow(): void {
    this.seek(this.#lastHere());
    this.#set({ following: true });
  }

  setSpeed(speed: number): void {
    this.#video.playbackRate = speed;
    this.#set({ speed });
    this.#growing?.watch(this.#state.position, speed);
  }

  setLoop(loop: boolean): void {
    this.#set({ loop });
  }

  /** Frames came or changed; `end` is the position after the last one that is there now. */
  framesChanged(end: number): void {
    this.#end = end;
    this.#growing?.framesChanged();
    const { following, playing } = this.#state;
    if (following && !playing && end > 0) this.#set({ position: end - 1 });
  }

  /** The finished film is there, or no more. What plays goes on where it is. */
  setFilm(film: string | null): void {
    if (film === this.#film) return;
    this.#film = film;
    this.#growing?.close();
    this.#growing = null;
    this.#set({ source: film === null ? 'growing' : 'film', following: false, waiting: false, held: null });
    if (film !== null) this.#open(film);
    else if (!this.#state.playing) this.#video.removeAttribute('src');
    else if (this.#begin(this.#state.position)) {
      this.#goTo(this.#state.position);
      this.#start();
    }
  }

  close(): void {
    this.#stop.abort();
    this.#stopNudging();
    this.#growing?.close();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #lastHere(): number {
    const { total } = this.#options;
    return Math.max(0, (this.#state.source === 'film' ? total : this.#end) - 1);
  }

  #open(film: string): void {
    this.#video.src = film;
    this.#video.playbackRate = this.#state.speed;
    this.#goTo(this.#state.position);
    if (this.#state.playing) this.#start();
  }

  // False when this browser cannot.
  #begin(position: number): boolean {
    const { job, rate, total } = this.#options;
    const way = waysToPlay(window);
    if (!way) {
      this.#set({ problem: CANNOT, playing: false });
      return false;
    }
    this.#growing ??= new GrowingFilm({
      ...{ job, rate, total, ...way, video: this.#video },
      onProblem: (problem) => problem !== this.#state.problem && this.#set({ problem }),
    });
    this.#growing.watch(position, this.#state.speed);
    return true;
  }

  #goTo(position: number): void {
    const to = middleOf(position, this.#options.rate);
    if (positionAt(this.#video.currentTime, this.#options.rate, this.#options.total) === position) return;
    this.#video.currentTime = to;
  }

  #start(): void {
    this.#video.playbackRate = this.#state.speed;
    // Whoever pauses before it began to play ends this; a browser that refuses to play is paused, too.
    this.#video.play().catch(() => undefined);
  }

  #listen(): void {
    const { signal } = this.#stop;
    const on = (event: string, act: () => void) => this.#video.addEventListener(event, act, { signal });
    on('waiting', () => this.#atEnd());
    on('ended', () => this.#ended());
    on('playing', () => this.#set({ waiting: false }));
    on('error', () => {
      // A film that this browser cannot play, as most of other containers: its preview can be.
      if (this.#state.source === 'film') this.setFilm(null);
    });
    if ('requestVideoFrameCallback' in this.#video) this.#watchFrames();
    else on('timeupdate', () => this.#shown(this.#video.currentTime));
  }

  #watchFrames(): void {
    this.#video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.#stop.signal.aborted) return;
      this.#shown(mediaTime);
      this.#watchFrames();
    });
  }

  #shown(seconds: number): void {
    const { playing, position, held, speed } = this.#state;
    if (!playing) return;
    const { rate, total } = this.#options;
    const now = positionAt(seconds, rate, total);
    this.#growing?.watch(now, speed);
    const here = this.#growing?.isHere(now) ?? null;
    const nowHeld = here === null ? null : !here;
    if (now !== position || nowHeld !== held) this.#set({ position: now, held: nowHeld, waiting: false });
    this.#atEnd();
  }

  // Of what is there so far.
  #atEnd(): void {
    const { playing, position, loop, source, waiting } = this.#state;
    const mayGrow = source === 'growing' && this.#end < this.#options.total;
    if (!playing || !mayGrow || waiting || position < this.#lastHere()) return;
    if (loop) this.seek(0);
    else this.#set({ waiting: true, following: true });
  }

  #ended(): void {
    if (!this.#state.loop) return this.#set({ playing: false, waiting: false });
    this.seek(0);
    this.#start();
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listener();
  }
}

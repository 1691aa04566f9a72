import { FarmError, type GpuDevice, ProbeReport } from '@akashganga/protocol';
import {
  type DriverCommand,
  type DriverEvent,
  parseDriverLine,
  type SceneSettings,
} from './driver-events.ts';
import { openingWarnings } from './failures/opening-warnings.ts';
import {
  failureOfEnding,
  failureOfFinished,
  failureOfHang,
  failureOfLostEngine,
  failureOfLostGpu,
  failureOfRefusal,
  failureOfReport,
} from './failures/session-failure.ts';
import { failureOfNoFile, requireFiles } from './frame-file.ts';
import { lastWords } from './log/last-words.ts';
import { logProgress } from './log/log-progress.ts';
import { LogRing } from './log/log-ring.ts';
import type { BlenderCommand } from './process/blender-command.ts';
import { BlenderProcess, type Ending } from './process/blender-process.ts';
import type { Asking, OpenTerms, RenderedFrame, RenderRequest, SessionRules } from './session-words.ts';
import { FrameTeller } from './watch/frame-teller.ts';
import { hangLimits } from './watch/hang-limits.ts';
import { SessionWatch } from './watch/session-watch.ts';

interface Question<T> {
  command?: DriverCommand;
  /** The frame that is at stake, null when the scene as a whole is. */
  frame: number | null;
  signal?: AbortSignal | undefined;
  usualSeconds?: number | null | undefined;
  /** Undefined: not the answer, keep waiting. A throw is an answer too. */
  answer: (event: DriverEvent) => T | undefined;
}

const logLimit = 256 * 1024;
/** A process stuck in the kernel does not die of SIGKILL; nobody shall wait for it longer than this. */
const killPatienceMs = 5000;

/**
 * Opened by `openSession`. Does one thing at a time. After a `failed` frame it goes on; after a crash, a hang or an
 * abort it is closed and `isOpen` is false. Errors are FarmErrors whose cause is the log's tail; an abort rejects with
 * the signal's reason.
 */
export class Session implements AsyncDisposable {
  readonly #process: BlenderProcess;
  #rules: SessionRules;
  readonly #watch: SessionWatch | null;
  readonly #log = new LogRing(logLimit);
  readonly #forgetSignal: () => void;
  #asking: Asking | null = null;
  #ending: Ending | null = null;
  /** Why we ended the process ourselves; what the process's ending looks like is then of no interest. */
  #verdict: { reason: unknown } | null = null;
  #frameMark = 0;
  #teller: FrameTeller | null = null;
  #blender = '';
  /** What Blender said until the scene was open. */
  #opening = '';
  #lastFrame: number | null = null;

  constructor(command: BlenderCommand, rules: SessionRules) {
    this.#rules = rules;
    const { signal } = rules;
    this.#process = new BlenderProcess(command, {
      onDriverLine: (line) => this.#onDriverLine(line),
      onLogLine: (line) => this.#onLogLine(line),
    });
    const abort = () => this.#stop(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#forgetSignal = () => signal?.removeEventListener('abort', abort);
    this.#watch = this.#startWatch();
    void this.#process.ended.then((ending) => this.#onEnding(ending));
  }

  #startWatch(): SessionWatch | null {
    const { pid } = this.#process;
    if (pid === undefined) return null;
    return new SessionWatch({
      ...{ pid, guard: this.#rules.guard },
      onHang: (seconds, how) =>
        this.#stop(failureOfHang({ seconds, how, frame: this.#frame }, this.frameLog)),
      onMemory: (why) => this.#stop(new FarmError('capacity.memory', { why })),
    });
  }

  get #frame(): number | null {
    return this.#asking?.frame ?? null;
  }

  /** Blender's version, as 3.4.1. */
  get blender(): string {
    return this.#blender;
  }

  /** The frame that was begun last. A scene whose frames are made from those before cannot go back behind it. */
  get lastFrame(): number | null {
    return this.#lastFrame;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Bytes Blender and what it started held at most since the last frame's start; null where the system does not tell. */
  get peakMemory(): number | null {
    return this.#watch?.peak ?? null;
  }

  /** Settles, never rejects, when Blender is gone, however it ended. */
  get ended(): Promise<unknown> {
    return this.#process.ended;
  }

  get isOpen(): boolean {
    return this.#verdict === null && this.#ending === null;
  }

  /** The log since the last frame's start, also after that frame failed or the session closed. */
  get frameLog(): string {
    return this.#log.since(this.#frameMark);
  }

  /** What came after the first `after` lines of the last frame's log, the end of it. */
  frameTail(after: number, most: { lines: number; characters: number }): { from: number; lines: string[] } {
    return this.#log.tail(this.#frameMark, after, most);
  }

  get log(): string {
    return this.#log.text();
  }

  /** Waits until Blender can be told its scene. Once, by openWaiting. */
  async waiting(): Promise<void> {
    const answer = (event: DriverEvent) => (event.event === 'waiting' ? true : undefined);
    await this.#ask({ frame: null, answer });
  }

  /**
   * Opens the scene that a waiting Blender waits for; scripts are off. `isAllowed` as in the rules. Throws
   * `scene.unreadable` where it does not open without complaint, which says little of why: `openSession` does.
   */
  async open(scene: string, { isAllowed, signal }: OpenTerms): Promise<void> {
    this.#rules = { ...this.#rules, isAllowed };
    const answer = (event: DriverEvent) => {
      if (event.event === 'unopened')
        throw new FarmError('scene.unreadable', { why: event.says.slice(0, 1000) });
      return event.event === 'ready' ? event.blender : undefined;
    };
    const command = { do: 'open', scene } as const;
    this.#blender = await this.#ask({ command, frame: null, answer, signal });
    await lastWords();
    this.#opening = this.log;
  }

  /** Waits until the scene is loaded. Once, by openSession. */
  async ready(): Promise<void> {
    const answer = (event: DriverEvent) => (event.event === 'ready' ? event.blender : undefined);
    this.#blender = await this.#ask({ frame: null, answer });
    await lastWords();
    this.#opening = this.log;
  }

  /**
   * Applies settings to the file as it was opened, for all that follows; what was applied before is put back. Throws
   * scene.unknown-name, scene.unknown-engine or machine.gpu-failed.
   */
  async apply(settings: SceneSettings): Promise<void> {
    const answer = (event: DriverEvent) => {
      if (event.event === 'refused') throw failureOfRefusal(event);
      if (event.event === 'gpu-gone') throw failureOfLostGpu(event.name);
      return event.event === 'set' ? true : undefined;
    };
    await this.#ask({ command: { do: 'set', settings }, frame: null, answer });
  }

  async describe(settings: SceneSettings = {}): Promise<ProbeReport> {
    await this.apply(settings);
    const answer = (event: DriverEvent) => (event.event === 'described' ? event : undefined);
    const { report } = await this.#ask({ command: { do: 'describe' }, frame: null, answer });
    const parsed = ProbeReport.safeParse(report);
    if (parsed.success) {
      const lost = settings.engine === undefined ? failureOfLostEngine(this.log, parsed.data.scene) : null;
      if (lost) throw lost;
      return { ...parsed.data, warnings: [...parsed.data.warnings, ...openingWarnings(this.#opening)] };
    }
    const why = `what it says of itself is not accepted (${parsed.error.issues[0]?.path.join('.')})`;
    throw new FarmError('scene.unreadable', { why }, { cause: parsed.error });
  }

  /** Mixes the sound of these frames into one file at `output`. Returns why not, or null when it is there. */
  async mix(range: {
    readonly first: number;
    readonly last: number;
    readonly output: string;
  }): Promise<string | null> {
    const answer = (event: DriverEvent) => (event.event === 'mixed' ? event : undefined);
    const { file, why } = await this.#ask({ command: { do: 'mix', ...range }, frame: null, answer });
    return file === null ? why : null;
  }

  /** The graphics cards Cycles can use, each once. */
  async devices(): Promise<GpuDevice[]> {
    const answer = (event: DriverEvent) => (event.event === 'devices' ? event.devices : undefined);
    return this.#ask({ command: { do: 'devices' }, frame: null, answer });
  }

  /** Whether two files show the same picture, pixel for pixel; `most` is the largest difference of a channel, 0 to 1. */
  async compare(first: string, second: string): Promise<{ equal: boolean; most: number | null }> {
    const answer = (event: DriverEvent) => (event.event === 'compared' ? event : undefined);
    const { equal, most } = await this.#ask({
      ...{ command: { do: 'compare', first, second }, frame: null, answer },
    });
    return { equal, most };
  }

  /** Renders a frame and looks at its files. */
  async render(request: RenderRequest): Promise<RenderedFrame> {
    const answered = await this.answer(request);
    await requireFiles(answered, request);
    return answered;
  }

  /** Like `render`, but nobody has looked at the files, for who gives Blender the next frame first: see `requireFiles`. */
  async answer(request: Omit<RenderRequest, 'expect'>): Promise<RenderedFrame> {
    const { frame, output, signal, order = 'any' } = request;
    this.#frameMark = this.#log.mark();
    this.#lastFrame = frame;
    this.#teller = new FrameTeller(request);
    const command = { do: 'render', frame, output, order } as const;
    const answer = (event: DriverEvent) => this.#frameAnswer(event, request);
    const { file, extras, seconds, memory, held } = await this.#ask({
      ...{ command, frame, signal, answer, usualSeconds: request.usualSeconds },
    })
      .catch(async (error: unknown) => {
        const isWithoutFile = error instanceof FarmError && error.code === 'render.no-file';
        throw isWithoutFile ? await failureOfNoFile(output, frame) : error;
      })
      .finally(() => this.#teller?.close());
    await lastWords();
    const log = this.frameLog;
    const failure = failureOfFinished(frame, log, this.#rules.recogniser, this.#rules.isAllowed);
    // Blender gives up a driver that failed, for all frames that this session would render after it.
    if (failure?.code === 'scene.driver-failed') this.#stop(failure);
    if (failure) throw failure;
    return { file, extras, seconds, memory: largest(memory, this.peakMemory), held, log };
  }

  /** Asks Blender to quit, tells it after 2 s, kills it after 5 s. A render that is under way rejects. */
  async close(): Promise<void> {
    this.#verdict ??= { reason: new DOMException('The session was closed.', 'AbortError') };
    this.#forgetSignal();
    await this.#process.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #frameAnswer(event: DriverEvent, { frame }: RenderRequest) {
    if (!('frame' in event) || event.frame !== frame) return undefined;
    switch (event.event) {
      case 'started':
        this.#teller?.tell(null);
        return undefined;
      case 'stepped':
        return undefined;
      case 'progress':
        this.#advance(event.fraction ?? null);
        this.#teller?.tell(event.memory);
        return undefined;
      case 'failed':
        throw failureOfReport(event, this.frameLog, this.#rules.recogniser);
      case 'rendered':
        return event;
    }
  }

  #ask<T>({ command, frame, signal, answer, usualSeconds }: Question<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#asking) throw new Error('A session does one thing at a time.');
      signal?.throwIfAborted();
      this.#watch?.begin(hangLimits(usualSeconds ?? null, this.#rules.hangSeconds));
      const abort = () => this.#stop(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (how: () => void) => {
        this.#watch?.end();
        signal?.removeEventListener('abort', abort);
        this.#asking = null;
        how();
      };
      this.#asking = {
        frame,
        fail: (error) => settle(() => reject(error)),
        take: (event) => {
          try {
            const found = answer(event);
            if (found !== undefined) settle(() => resolve(found));
          } catch (error) {
            settle(() => reject(error));
          }
        },
      };
      if (this.#ending) this.#onEnding(this.#ending);
      else if (command) this.#process.send(command);
    });
  }

  #onDriverLine(line: string): void {
    const event = parseDriverLine(line);
    if (!event) return;
    if (event.event !== 'progress') this.#watch?.progress();
    this.#asking?.take(event);
  }

  #onLogLine(line: string): void {
    this.#log.add(line);
    this.#watch?.heard(line);
    this.#advance(logProgress(line));
  }

  #advance(fraction: number | null): void {
    if (fraction !== null && this.#teller?.heard(fraction)) this.#watch?.progress();
  }

  #stop(reason: unknown): void {
    if (!this.isOpen) return;
    this.#verdict = { reason };
    this.#process.kill();
    setTimeout(() => this.#asking?.fail(reason), killPatienceMs).unref();
  }

  #onEnding(ending: Ending): void {
    this.#ending = ending;
    this.#forgetSignal();
    this.#watch?.close();
    if (this.#verdict) return this.#asking?.fail(this.#verdict.reason);
    const outOfMemory = this.#watch?.outOfMemory() ?? null;
    const frame = this.#frame;
    const log = frame === null ? this.log : this.frameLog;
    const known = this.#rules.failureOf(ending);
    this.#asking?.fail(known ?? failureOfEnding({ ending, log, frame, outOfMemory }, this.#rules.recogniser));
  }
}

function largest(first: number | null, second: number | null): number | null {
  return first === null || second === null ? (first ?? second) : Math.max(first, second);
}

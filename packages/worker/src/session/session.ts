import { FarmError, type FrameOrder, ProbeReport } from '@akashganga/protocol';
import {
  type DriverCommand,
  type DriverEvent,
  type GpuDevice,
  parseDriverLine,
  type SceneSettings,
} from './driver-events.ts';
import { requireExtraFile, requireFrameFile } from './frame-file.ts';
import { logProgress } from './log/log-progress.ts';
import { LogRing } from './log/log-ring.ts';
import type { BlenderCommand } from './process/blender-command.ts';
import { BlenderProcess, type Ending } from './process/blender-process.ts';
import {
  failureOfEnding,
  failureOfLostGpu,
  failureOfRefusal,
  failureOfReport,
  failureOfSilence,
} from './session-failure.ts';

export interface FrameProgress {
  frame: number;
  /** 0 to 1, never falling, 0 while unknown. A hint for people: renders end early and start over. */
  fraction: number;
  /** Bytes of memory Blender holds now. */
  memory: number | null;
}

export interface RenderRequest {
  frame: number;
  /** Absolute path without extension, in a folder that exists: the file is exactly this and the extension. */
  output: string;
  /** `sequence` steps through the frames before this one first; `any` unless given. */
  order?: FrameOrder | undefined;
  /** Called when the frame starts and at most four times a second; must not throw. */
  onProgress?: ((progress: FrameProgress) => void) | undefined;
  /** Aborting kills Blender at once and closes the session. */
  signal?: AbortSignal | undefined;
}

export interface ExtraFile {
  /** For people: `Mist`, or `Passes/Mist`. */
  name: string;
  file: string;
}

export interface RenderedFrame {
  file: string;
  /** What came beside the picture: other views, File Output nodes. */
  extras: ExtraFile[];
  /** As measured inside Blender, saving included. */
  seconds: number;
  /** Bytes Blender held at most during this frame; null where the system does not tell. */
  memory: number | null;
  /** Bytes Blender still held after it. */
  held: number | null;
  /** Blender's log lines since the frame's start, the last 256 KB of them. */
  log: string;
}

interface Question<T> {
  command?: DriverCommand;
  /** The frame that is at stake, null when the scene as a whole is. */
  frame: number | null;
  signal?: AbortSignal | undefined;
  /** Undefined: not the answer, keep waiting. A throw is an answer too. */
  answer: (event: DriverEvent) => T | undefined;
}

interface Asking {
  frame: number | null;
  heard: () => void;
  take: (event: DriverEvent) => void;
  fail: (error: unknown) => void;
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
  readonly #silenceLimitSeconds: number;
  readonly #log = new LogRing(logLimit);
  readonly #forgetSignal: () => void;
  #asking: Asking | null = null;
  #ending: Ending | null = null;
  /** Why we ended the process ourselves; what the process's ending looks like is then of no interest. */
  #verdict: { reason: unknown } | null = null;
  #frameMark = 0;
  #fraction = 0;
  #blender = '';
  #lastFrame: number | null = null;

  constructor(command: BlenderCommand, silenceLimitSeconds: number, signal?: AbortSignal) {
    this.#silenceLimitSeconds = silenceLimitSeconds;
    this.#process = new BlenderProcess(command, {
      onDriverLine: (line) => this.#onDriverLine(line),
      onLogLine: (line) => this.#onLogLine(line),
    });
    const abort = () => this.#stop(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#forgetSignal = () => signal?.removeEventListener('abort', abort);
    void this.#process.ended.then((ending) => this.#onEnding(ending));
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

  get isOpen(): boolean {
    return this.#verdict === null && this.#ending === null;
  }

  /** The log since the last frame's start, also after that frame failed or the session closed. */
  get frameLog(): string {
    return this.#log.since(this.#frameMark);
  }

  get log(): string {
    return this.#log.text();
  }

  /** Waits until the scene is loaded. Once, by openSession. */
  async ready(): Promise<void> {
    const answer = (event: DriverEvent) => (event.event === 'ready' ? event.blender : undefined);
    this.#blender = await this.#ask({ frame: null, answer });
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
    if (parsed.success) return parsed.data;
    const why = `what it says of itself is not accepted (${parsed.error.issues[0]?.path.join('.')})`;
    throw new FarmError('scene.unreadable', { why }, { cause: parsed.error });
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

  async render(request: RenderRequest): Promise<RenderedFrame> {
    const { frame, output, signal, order = 'any' } = request;
    this.#frameMark = this.#log.mark();
    this.#fraction = 0;
    this.#lastFrame = frame;
    const command = { do: 'render', frame, output, order } as const;
    const answer = (event: DriverEvent) => this.#frameAnswer(event, request);
    const { file, extras, seconds, memory, held } = await this.#ask({ command, frame, signal, answer });
    await requireFrameFile(file, output, frame);
    for (const extra of extras) await requireExtraFile(extra.file, output, frame);
    return { file, extras, seconds, memory, held, log: this.frameLog };
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

  #frameAnswer(event: DriverEvent, { frame, onProgress }: RenderRequest) {
    if (!('frame' in event) || event.frame !== frame) return undefined;
    switch (event.event) {
      case 'started':
        onProgress?.({ frame, fraction: 0, memory: null });
        return undefined;
      case 'progress':
        this.#advance(event.fraction ?? null);
        onProgress?.({ frame, fraction: this.#fraction, memory: event.memory });
        return undefined;
      case 'failed':
        throw failureOfReport(event, this.frameLog);
      case 'rendered':
        return event;
    }
  }

  #ask<T>({ command, frame, signal, answer }: Question<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#asking) throw new Error('A session does one thing at a time.');
      signal?.throwIfAborted();
      const silent = () => this.#stop(failureOfSilence(this.#silenceLimitSeconds, frame, this.frameLog));
      const silence = setTimeout(silent, this.#silenceLimitSeconds * 1000);
      const abort = () => this.#stop(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (how: () => void) => {
        clearTimeout(silence);
        signal?.removeEventListener('abort', abort);
        this.#asking = null;
        how();
      };
      this.#asking = {
        frame,
        heard: () => silence.refresh(),
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
    this.#asking?.heard();
    this.#asking?.take(event);
  }

  #onLogLine(line: string): void {
    this.#log.add(line);
    this.#asking?.heard();
    this.#advance(logProgress(line));
  }

  #advance(fraction: number | null): void {
    if (fraction !== null) this.#fraction = Math.max(fraction, this.#fraction);
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
    const frame = this.#asking?.frame ?? null;
    const log = frame === null ? this.log : this.frameLog;
    this.#asking?.fail(this.#verdict ? this.#verdict.reason : failureOfEnding(ending, log, frame));
  }
}

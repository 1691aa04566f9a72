import { type ChildProcess, execFile, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverCommand } from '../driver-events.ts';
import { lineSplitter } from '../log/line-splitter.ts';
import { type BlenderCommand, driverIn, driverOut } from './blender-command.ts';

/** How a process ended; `error` when it never started. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  error?: Error;
}

export interface ProcessListener {
  onDriverLine(line: string): void;
  onLogLine(line: string): void;
}

const longestDriverLine = 1024 * 1024;
const longestLogLine = 64 * 1024;
const quitMs = 2000;
const terminateMs = 3000;
/** How long the pipes may stay open after the process has gone; a grandchild can hold them for ever. */
const drainMs = 300;

/**
 * Blender in a process group of its own, so that it ends with everything it started. On Windows the same is done by
 * `taskkill /T`.
 */
export class BlenderProcess {
  /** Settles, never rejects, when the process is gone and its last words were read. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #isGone = false;

  constructor(command: BlenderCommand, listener: ProcessListener) {
    this.#child = spawn(command.file, command.args, {
      cwd: command.folder,
      env: command.environment,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    const onLog = () => lineSplitter(longestLogLine, (line) => listener.onLogLine(line));
    this.#child.stdout?.on('data', onLog());
    this.#child.stderr?.on('data', onLog());
    this.#pipe(driverOut)?.on(
      'data',
      lineSplitter(longestDriverLine, (line) => listener.onDriverLine(line)),
    );
    // A write to a process that has just gone is no news: `ended` tells.
    for (const stream of this.#child.stdio) stream?.on('error', () => {});
    this.ended = this.#end();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  send(command: DriverCommand): void {
    const pipe = this.#pipe(driverIn) as Writable | undefined;
    if (pipe?.writable) pipe.write(`${JSON.stringify(command)}\n`);
  }

  /** At once, with everything the process started. */
  kill(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
    const pid = this.#child.pid;
    if (pid === undefined || this.#isGone) return;
    if (process.platform === 'win32') {
      execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => {});
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is empty already.
    }
  }

  /** Asks, then tells, then kills: takes no longer than five seconds, and a few milliseconds if Blender listens. */
  async end(): Promise<void> {
    this.send({ do: 'quit' });
    if (await this.#isGoneWithin(quitMs)) return;
    this.kill('SIGTERM');
    if (await this.#isGoneWithin(terminateMs)) return;
    this.kill('SIGKILL');
    await this.ended;
  }

  async #isGoneWithin(milliseconds: number): Promise<boolean> {
    const giveUp = new AbortController();
    const gone = this.ended.then(() => true);
    const late = sleep(milliseconds, false, { signal: giveUp.signal }).catch(() => false);
    const result = await Promise.race([gone, late]);
    giveUp.abort();
    return result;
  }

  #end(): Promise<Ending> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#isGone = this.#child.pid === undefined;
        if (this.#isGone) resolve({ code: null, signal: null, error });
      });
      this.#child.once('exit', (code, signal) => {
        // The leader is gone; whatever it left behind in its group goes too.
        this.kill('SIGKILL');
        this.#isGone = true;
        const finish = () => {
          clearTimeout(timer);
          for (const stream of this.#child.stdio) stream?.destroy();
          resolve({ code, signal });
        };
        const timer = setTimeout(finish, drainMs);
        this.#child.once('close', finish);
      });
    });
  }

  #pipe(descriptor: number): Readable | Writable | undefined {
    return this.#child.stdio[descriptor] ?? undefined;
  }
}

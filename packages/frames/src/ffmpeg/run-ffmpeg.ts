import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { limitedCommand } from './limited-command.ts';

export interface FfmpegEnd {
  readonly ok: boolean;
  /** The last lines it said, as one line; empty when it had nothing to complain about. */
  readonly said: string;
  /** The signal that ended it, by us or by others. */
  readonly killedBy: NodeJS.Signals | null;
}

export interface FfmpegRun {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never rejects. */
  readonly ended: Promise<FfmpegEnd>;
}

export interface FfmpegOptions {
  /** It takes what time others leave it: somebody renders on this computer. */
  readonly yields?: boolean;
  /** It writes files by itself. Default false: what it makes comes through stdout, and no file is written. */
  readonly writes?: boolean;
  /** The memory it may have, in bytes. Default: half of what this computer has. */
  readonly memory?: number;
  /** It is ended with whoever starts it, which has limits already, and has no group of its own. */
  readonly sharesGroup?: boolean;
}

const SECONDS_TO_KILL = 5;
const SAID_LIMIT = 4_000;

/**
 * Starts ffmpeg in a process group of its own, with limits (`limitedCommand`). No shell reads its arguments. When `signal` aborts, the group is asked to
 * end, and is killed 5 s later if it has not.
 */
export function runFfmpeg(
  ffmpeg: string,
  args: readonly string[],
  signal?: AbortSignal,
  options: FfmpegOptions = {},
): FfmpegRun {
  const all = ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args];
  const { writes = false, memory, sharesGroup = false } = options;
  const command = sharesGroup ? { file: ffmpeg, args: all } : limitedCommand(ffmpeg, all, { writes, memory });
  const child = spawn(command.file, command.args, {
    detached: process.platform !== 'win32' && !sharesGroup,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (options.yields && child.pid !== undefined) yieldTo(child.pid);
  // A program that ends before it read everything breaks the pipe; how it ended says more than that.
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_LIMIT);
  });
  return { stdin: child.stdin, stdout: child.stdout, ended: ending(child, signal, () => said, options) };
}

// Its threads are started later and inherit this.
function yieldTo(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}

function ending(
  child: ChildProcess,
  signal: AbortSignal | undefined,
  said: () => string,
  { sharesGroup = false }: FfmpegOptions,
): Promise<FfmpegEnd> {
  return new Promise((resolve) => {
    let killing: NodeJS.Timeout | undefined;
    const stop = () => {
      killGroup(child, 'SIGTERM', sharesGroup);
      killing ??= setTimeout(() => killGroup(child, 'SIGKILL', sharesGroup), SECONDS_TO_KILL * 1000);
    };
    const end = (result: FfmpegEnd) => {
      clearTimeout(killing);
      signal?.removeEventListener('abort', stop);
      resolve(result);
    };
    child.once('error', (error) => end({ ok: false, said: error.message, killedBy: null }));
    child.once('close', (code, by) => {
      const words = lastLines(said());
      end({
        ok: code === 0,
        said: words || (code === 0 ? '' : `ffmpeg ended with ${by ?? code}`),
        killedBy: by,
      });
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function killGroup(child: ChildProcess, how: NodeJS.Signals, alone: boolean): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32' || alone) child.kill(how);
    else process.kill(-child.pid, how);
  } catch {
    // It ended between the check and the signal.
  }
}

// Addresses in memory (`[png @ 0x55d4f3]`) say nothing to people and differ each time.
function lastLines(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.replace(/ @ 0x[0-9a-f]+/g, '').trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join('; ');
}

/** Reads all of stdout, at most `limit` bytes; what comes after that is a reason to end the run. */
export async function readAll(stream: Readable, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += (piece as Buffer).length;
    if (size > limit) throw new RangeError(`more than ${limit} bytes`);
    pieces.push(piece as Buffer);
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, size);
}

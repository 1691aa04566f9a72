import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Ran {
  /** Wall seconds. */
  readonly seconds: number;
  readonly stdout: string;
}

/** Runs a program to its end; throws with its last words when it does not exit with 0. */
export function runProgram(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Ran> {
  const started = performance.now();
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + String(chunk)).slice(-4000);
    });
    child.once('error', failed);
    child.once('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) done({ seconds, stdout });
      else failed(new Error(`${program} ended with ${code}: ${stdout.slice(-2000)}${stderr}`));
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Seconds that Blender says a frame took, rendering and saving, one for each `Time: 00:00.91 (Saving: 00:00.05)`. */
export function frameSeconds(log: string): number[] {
  const found = log.matchAll(/^ ?Time: (?:(\d+):)?(\d+):(\d+\.\d+) \(Saving/gm);
  return Array.from(found, ([, hours, minutes, seconds]) => {
    return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  });
}

/** Processor seconds of all children of this process that have ended, and of theirs. Linux. */
export async function childSeconds(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // cutime and cstime: fields 16 and 17 of proc(5), of which the first two are cut off here.
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

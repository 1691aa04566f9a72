import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const RATE = 48_000;

/** Writes a sound with a click at the beginning of each of these frames, counted from 1. */
export async function writeClicks(path: string, frames: readonly number[], fps: number): Promise<void> {
  const last = Math.max(...frames);
  const samples = new Int16Array(Math.round(((last + 10) / fps) * RATE));
  for (const frame of frames)
    for (let at = 0; at < 480; at += 1)
      samples[Math.round(((frame - 1) / fps) * RATE) + at] = Math.round(
        28_000 * Math.cos(at / 4) * (1 - at / 480),
      );
  const data = Buffer.from(samples.buffer);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  await writeFile(path, Buffer.concat([head, data]));
}

/** Where clicks begin in a film, in seconds after its first picture is shown. */
export async function clicksIn(path: string): Promise<number[]> {
  const heard = ['-i', path, '-map', '0:a:0', '-af', 'aresample=async=1:first_pts=0'];
  const options = { encoding: 'buffer', maxBuffer: 1 << 28 } as const;
  const raw = ['-f', 's16le', '-ac', '1', '-ar', String(RATE), '-'];
  const { stdout } = await run('ffmpeg', ['-v', 'error', ...heard, ...raw], options);
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const onsets: number[] = [];
  let quietSince = Number.NEGATIVE_INFINITY;
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) < loudest / 3) continue;
    if (at - quietSince > RATE / 20) onsets.push(at / RATE);
    quietSince = at;
  }
  const late = (await startOf(path, 'v')) - (await startOf(path, null));
  return onsets.map((onset) => onset - late);
}

/** When the film, or its first stream of a kind, begins, in seconds. */
async function startOf(path: string, stream: 'v' | null): Promise<number> {
  const of =
    stream === null
      ? ['-show_entries', 'format=start_time']
      : ['-select_streams', stream, '-show_entries', 'stream=start_time'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...of, '-of', 'csv=p=0', path]);
  return Number(stdout.trim().split(/[\n,]/)[0]) || 0;
}

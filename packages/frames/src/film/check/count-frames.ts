import { ffmpegFailure } from '../../ffmpeg/ffmpeg-failure.ts';
import { readAll, runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';

/** How many frames come out of a film when it is played. Decodes all of it. Throws `film.failed`. */
export function countFrames(ffmpeg: string, path: string, signal: AbortSignal): Promise<number> {
  return count(ffmpeg, path, [], signal);
}

/** How many frames are in a film, for one whose pictures were looked at already. Throws `film.failed`. */
export function countPackets(ffmpeg: string, path: string, signal: AbortSignal): Promise<number> {
  return count(ffmpeg, path, ['-c', 'copy'], signal);
}

async function count(
  ffmpeg: string,
  path: string,
  how: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const play = ['-i', `file:${path}`, '-map', '0:v:0', ...how, '-f', 'null', '-progress', 'pipe:1', '-'];
  const run = runFfmpeg(ffmpeg, play, signal);
  run.stdin.end();
  const text = await readAll(run.stdout, 64 << 20).catch(() => Buffer.alloc(0));
  const failure = ffmpegFailure(await run.ended, (said) => `it cannot be played: ${said}`);
  signal.throwIfAborted();
  if (failure) throw failure;
  return Number(Array.from(text.toString('latin1').matchAll(/^frame=\s*(\d+)/gm)).at(-1)?.[1] ?? 0);
}

import { once } from 'node:events';
import { ffmpegFailure } from '../ffmpeg/ffmpeg-failure.ts';
import { type FfmpegOptions, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';

/**
 * Feeds frames to an ffmpeg that reads them from stdin, as fast as it takes them. Throws what `frames`
 * throws, the failure of ffmpeg (`ffmpegFailure`), and the reason of `signal`; ffmpeg has ended then.
 */
export async function encode(
  ffmpeg: string,
  args: readonly string[],
  frames: AsyncIterable<{ readonly data: Uint8Array }>,
  signal: AbortSignal,
  options: FfmpegOptions = {},
): Promise<void> {
  const stop = new AbortController();
  const run = runFfmpeg(ffmpeg, args, AbortSignal.any([stop.signal, signal]), options);
  run.stdout.resume();
  try {
    let ended = false;
    const end = run.ended.then((how) => {
      ended = true;
      return how;
    });
    for await (const { data } of frames) {
      if (ended) break;
      signal.throwIfAborted();
      if (!run.stdin.write(data)) await Promise.race([once(run.stdin, 'drain').catch(() => undefined), end]);
    }
    run.stdin.end();
    const failure = ffmpegFailure(await end, (said) => `ffmpeg says: ${said}`);
    signal.throwIfAborted();
    if (failure) throw failure;
  } finally {
    stop.abort();
    await run.ended;
  }
}

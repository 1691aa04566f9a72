import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { isDiskFull } from '@akashganga/storage';
import { ffmpegFailure } from '../ffmpeg/ffmpeg-failure.ts';
import { type FfmpegOptions, type FfmpegRun, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';

/** Gets what ffmpeg writes to stdout, and reads all of it. */
export type Taker = (stdout: Readable) => Promise<void>;

/**
 * Feeds frames to an ffmpeg that reads them from stdin, as fast as it takes them. Throws what `frames` and `take`
 * throw, the failure of ffmpeg (`ffmpegFailure`), and the reason of `signal`; ffmpeg has ended then.
 */
export async function encode(
  ffmpeg: string,
  args: readonly string[],
  frames: AsyncIterable<{ readonly data: Uint8Array }>,
  signal: AbortSignal,
  options: FfmpegOptions = {},
  take: Taker = async (stdout) => void stdout.resume(),
): Promise<void> {
  const stop = new AbortController();
  const run = runFfmpeg(ffmpeg, args, AbortSignal.any([stop.signal, signal]), options);
  let isOver = false;
  const end = run.ended.then((how) => {
    isOver = true;
    return how;
  });
  const taken = take(run.stdout).then(
    () => null,
    (why: unknown) => {
      // What ffmpeg left unfinished cannot be played: where all was read that came, its own end says more.
      const hasReadAll = run.stdout.readableEnded;
      if (!hasReadAll) {
        stop.abort();
        // Unread, it would keep ffmpeg from being seen to have ended.
        run.stdout.destroy();
      }
      return { why, wasFirst: !isOver && !hasReadAll };
    },
  );
  try {
    await feed(run, dataOf(frames), signal);
    const failure = ffmpegFailure(await end, (said) => `ffmpeg says: ${said}`);
    const notTaken = await taken;
    signal.throwIfAborted();
    // Who finds the disk full reads no more, and ffmpeg may be the first to end because of that.
    if (notTaken && (notTaken.wasFirst || isDiskFull(notTaken.why))) throw notTaken.why;
    if (failure) throw failure;
    if (notTaken) throw notTaken.why;
  } finally {
    stop.abort();
    await Promise.all([end, taken]);
  }
}

/** Hands over all pieces and closes stdin. An ffmpeg that ends before gets no more. Throws what `pieces` throws. */
export async function feed(
  { stdin, ended }: FfmpegRun,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  let isOver = false;
  const end = ended.then(() => {
    isOver = true;
  });
  for await (const piece of pieces) {
    if (isOver) break;
    signal.throwIfAborted();
    if (!stdin.write(piece)) await Promise.race([once(stdin, 'drain').catch(() => undefined), end]);
  }
  stdin.end();
}

async function* dataOf(frames: AsyncIterable<{ readonly data: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { data } of frames) yield data;
}

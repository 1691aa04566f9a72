import type { Readable } from 'node:stream';
import { FarmError } from '@akashganga/protocol';
import { runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import { likeness, picturePrint } from './picture-print.ts';

/** Below this a decoded picture is not the one that was put in. The worst encoder of ours keeps over 35 dB. */
const LEAST_DECIBELS = 25;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes a segment and compares each picture with the print of what was put in: the same number, the same
 * order, the same pictures. Throws `film.failed`.
 */
export async function checkSegment(
  ffmpeg: string,
  path: string,
  size: Size,
  prints: readonly Float32Array[],
  signal: AbortSignal,
): Promise<void> {
  const decode = ['-i', `file:${path}`, '-map', '0:v:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  const stop = new AbortController();
  const run = runFfmpeg(ffmpeg, decode, AbortSignal.any([signal, stop.signal]));
  run.stdin.end();
  try {
    let count = 0;
    for await (const data of wholePictures(run.stdout, size.width * size.height * 3)) {
      const print = prints[count];
      count += 1;
      const decibels = print ? likeness(picturePrint({ ...size, data }), print) : 0;
      if (decibels < LEAST_DECIBELS)
        throw new FarmError('film.failed', { why: `picture ${count} of a segment comes out changed` });
    }
    const { ok, said } = await run.ended;
    signal.throwIfAborted();
    if (!ok) throw new FarmError('film.failed', { why: `it cannot be played: ${said}` });
    if (count !== prints.length)
      throw new FarmError('film.failed', {
        why: `a segment has ${count} frames instead of ${prints.length}`,
      });
  } finally {
    stop.abort();
    await run.ended;
  }
}

async function* wholePictures(stream: Readable, bytes: number): AsyncGenerator<Buffer> {
  const picture = Buffer.allocUnsafe(bytes);
  let filled = 0;
  for await (const piece of stream as AsyncIterable<Buffer>)
    for (let at = 0; at < piece.length; ) {
      const taken = piece.copy(picture, filled, at);
      at += taken;
      filled += taken;
      if (filled < bytes) continue;
      yield picture;
      filled = 0;
    }
}

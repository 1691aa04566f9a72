import { rm, writeFile } from 'node:fs/promises';
import type { Container } from '@akashganga/protocol';
import { ffmpegFailure } from '../../ffmpeg/ffmpeg-failure.ts';
import { runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import type { Fraction } from '../encoder/exact-rate.ts';
import { filmRecipes } from '../encoder/film-recipes.ts';
import type { KeptSegment } from './kept-segment.ts';

/** Joins segments to a film without encoding anything again: about as fast as the disk. Throws `film.failed`. */
export async function joinSegments(
  ffmpeg: string,
  container: Container,
  rate: Fraction,
  segments: readonly KeptSegment[],
  path: string,
  metadata: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const list = `${path}.txt`;
  const recipe = filmRecipes[container];
  try {
    await writeFile(list, segments.map((segment) => listed(segment, rate)).join(''));
    const run = runFfmpeg(
      ffmpeg,
      [
        ...['-f', 'concat', '-safe', '0', '-i', `file:${list}`, '-c', 'copy'],
        ...['-r', `${rate.numerator}/${rate.denominator}`],
        ...(recipe.timeScale ? ['-video_track_timescale', String(rate.numerator)] : []),
        ...[...metadata, ...recipe.args, '-f', recipe.format, '-y', `file:${path}`],
      ],
      signal,
      { writes: true },
    );
    run.stdin.end();
    run.stdout.resume();
    const failure = ffmpegFailure(await run.ended, (said) => `ffmpeg says: ${said}`);
    signal.throwIfAborted();
    if (failure) throw failure;
  } finally {
    await rm(list, { force: true });
  }
}

// Paths in the list are quoted as in a shell: a quote ends the string, is escaped, and begins it again.
function listed({ path, frames }: KeptSegment, { numerator, denominator }: Fraction): string {
  const seconds = ((frames * denominator) / numerator).toFixed(9);
  return `file '${path.replaceAll("'", "'\\''")}'\nduration ${seconds}\n`;
}

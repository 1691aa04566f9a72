import { FarmError } from '@akashganga/protocol';
import type { FfmpegEnd } from './run-ffmpeg.ts';

const NO_MEMORY = /Cannot allocate memory/;
const FULL = /No space left on device|Disk quota exceeded/;

/**
 * What to throw when ffmpeg did not end well, or null when it did: `film.failed`, said with its own words in `why`;
 * `machine.ffmpeg-killed`; or, where the disk is full, an error as the file system has it (`isDiskFull`). ffmpeg may
 * end well though the last it wrote found no room, or what it read no memory.
 */
export function ffmpegFailure(end: FfmpegEnd, why: (said: string) => string): Error | null {
  if (FULL.test(end.said)) return Object.assign(new Error(end.said), { code: 'ENOSPC' });
  if (end.ok && !NO_MEMORY.test(end.said)) return null;
  if (end.killedBy !== null) return new FarmError('machine.ffmpeg-killed', { signal: end.killedBy });
  return new FarmError('film.failed', { why: why(end.said) });
}

import { totalmem } from 'node:os';

export interface Limits {
  /** It writes files by itself; what others make goes through a pipe. */
  readonly writes: boolean;
  /** Bytes, for itself. Default: half of what this computer has. */
  readonly memory?: number | undefined;
}

/**
 * A program with limits that hold for it and all it starts: at most half of this computer's memory (of what this process may
 * have, where that is less), 64 open files, no core, and no file written unless it `writes`. Arguments of encoders come from
 * people, and what a codec takes for a lookahead of 250 pictures of 8K nobody computes beforehand: it shall fail alone. On
 * Windows there are no such limits, and a system that lacks one of them goes on without it.
 */
export function limitedCommand(
  program: string,
  args: readonly string[],
  { writes, memory = halfOfMemory() }: Limits,
): { file: string; args: readonly string[] } {
  if (process.platform === 'win32') return { file: program, args };
  const kilobytes = Math.floor(memory / 1024);
  const files = writes ? 'unlimited' : '0';
  return { file: '/bin/sh', args: ['-c', LIMITS, 'ffmpeg', String(kilobytes), files, program, ...args] };
}

const LIMITS =
  'ulimit -c 0 2>/dev/null; ulimit -n 64 2>/dev/null; ulimit -d "$1" 2>/dev/null; test "$2" = unlimited || ulimit -f "$2" 2>/dev/null; shift 2; exec "$@"';
const LEAST = 1024 ** 3;

function halfOfMemory(): number {
  const all = totalmem();
  // Where there is no limit, this is 0 or a number larger than any memory.
  const own = process.constrainedMemory();
  return Math.max(LEAST, (own > 0 && own < all ? own : all) / 2);
}

import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

interface Seen {
  readonly parent: number;
  readonly kind: string;
  /** Ticks of the processor: its own, and of its children that have ended. */
  readonly own: number;
  readonly ended: number;
}

const TICKS_A_SECOND = 100;

/**
 * Processor seconds of a process and all below it, by what they are: a role of ours, or the name of the program. What
 * ended counts as `… (ended)` of whoever started it. Linux; only differences mean something.
 */
export async function secondsByKind(root: number): Promise<Map<string, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const seen = new Map<number, Seen>();
  for (const pid of pids) {
    const one = await look(pid).catch(() => null);
    if (one) seen.set(pid, one);
  }
  const seconds = new Map<string, number>();
  const add = (kind: string, ticks: number) =>
    seconds.set(kind, (seconds.get(kind) ?? 0) + ticks / TICKS_A_SECOND);
  for (const [pid, { kind, own, ended }] of seen) {
    if (!isBelow(seen, pid, root)) continue;
    add(kind, own);
    add(`${kind} (ended)`, ended);
  }
  return seconds;
}

async function look(pid: number): Promise<Seen> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return {
    parent: Number(fields[1]),
    kind: kindOf(words),
    own: (utime ?? 0) + (stime ?? 0),
    ended: (cutime ?? 0) + (cstime ?? 0),
  };
}

function kindOf(words: readonly string[]): string {
  const main = words.findIndex((word) => word.endsWith('main.js'));
  if (main > 0) return words[main + 1] ?? 'node';
  return basename((words[0] ?? '').split(':')[0] ?? '').split(' ')[0] || 'kernel';
}

function isBelow(seen: ReadonlyMap<number, Seen>, pid: number, root: number): boolean {
  for (let at = pid, steps = 0; at > 1 && steps < 1000; steps += 1) {
    if (at === root) return true;
    at = seen.get(at)?.parent ?? 0;
  }
  return false;
}

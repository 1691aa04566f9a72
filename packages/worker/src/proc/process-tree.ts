import { readdirSync } from 'node:fs';
import { kernelFile } from './kernel-file.ts';

/** A process and everything it started, as /proc tells it at one moment. */
export interface ProcessTree {
  /** The outermost first. */
  readonly pids: readonly number[];
  /** Clock ticks of CPU so far, those of ended children included; only differences mean something. */
  readonly cpuTicks: number;
  /** Bytes of memory held now; what several processes share counts once for each. */
  readonly memory: number;
  /** Bytes read and written so far; 0 where the system does not tell. */
  readonly io: number;
}

/** More than these are not walked: a scene that forks without end must not make the worker busy too. */
const MOST_PROCESSES = 500;

/**
 * Costs a tenth of a millisecond for each process. Null where there is no /proc, or when the process is gone.
 * Children are found thread by thread, so a sandbox in between and new process groups do not hide them.
 */
export function processTree(root: number): ProcessTree | null {
  const tree = { pids: [] as number[], cpuTicks: 0, memory: 0, io: 0 };
  const found = [root];
  for (let pid = found.shift(); pid !== undefined; pid = found.shift()) {
    if (tree.pids.length >= MOST_PROCESSES) break;
    const stat = kernelFile(`/proc/${pid}/stat`);
    // The name in parentheses may hold anything, spaces and parentheses too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || fields[0] === 'Z') continue;
    tree.pids.push(pid);
    // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), of which the first two are cut off here.
    for (const field of fields.slice(11, 15)) tree.cpuTicks += Number(field);
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(kernelFile(`/proc/${pid}/status`))?.[1];
    tree.memory += Number(resident ?? 0) * 1024;
    const io = kernelFile(`/proc/${pid}/io`);
    for (const [, bytes] of io.matchAll(/^[rw]char: (\d+)/gm)) tree.io += Number(bytes);
    found.push(...childrenOf(pid));
  }
  return tree.pids.length === 0 ? null : tree;
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    kernelFile(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

import { readdir, readFile } from 'node:fs/promises';

/** What a process and everything it started took so far, and holds now. */
export interface TreeUse {
  /** Clock ticks of CPU, those of ended children included; only differences mean something. */
  readonly cpuTicks: number;
  /** Bytes of memory held now; what several processes share counts once for each. */
  readonly memory: number;
  /** Bytes read and written so far; 0 where the system does not tell. */
  readonly io: number;
  readonly processes: number;
}

/** More than these are not walked: a scene that forks without end must not make the worker busy too. */
const MOST_PROCESSES = 500;

/**
 * Reads /proc, below a millisecond for each process. Null where there is no /proc, or when the process is gone.
 * Children are found thread by thread, so a sandbox in between and new process groups do not hide them.
 */
export async function readTree(pid: number): Promise<TreeUse | null> {
  const use = { cpuTicks: 0, memory: 0, io: 0, processes: 0 };
  const found = [pid];
  for (let next = found.shift(); next !== undefined; next = found.shift()) {
    if (use.processes >= MOST_PROCESSES) break;
    if (!(await addProcess(next, use))) continue;
    found.push(...(await childrenOf(next)));
  }
  return use.processes === 0 ? null : use;
}

async function addProcess(pid: number, use: { -readonly [K in keyof TreeUse]: number }): Promise<boolean> {
  const stat = await read(pid, 'stat');
  // The name in parentheses may hold anything, spaces and parentheses too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z') return false;
  // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), of which the first two are cut off here.
  for (const field of fields.slice(11, 15)) use.cpuTicks += Number(field);
  const resident = /^VmRSS:\s+(\d+) kB/m.exec((await read(pid, 'status')) ?? '')?.[1];
  use.memory += Number(resident ?? 0) * 1024;
  const io = (await read(pid, 'io')) ?? '';
  for (const [, bytes] of io.matchAll(/^[rw]char: (\d+)/gm)) use.io += Number(bytes);
  use.processes += 1;
  return true;
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => read(pid, `task/${thread}/children`)));
  return lists.flatMap((list) => (list ?? '').split(' ').filter(Boolean).map(Number));
}

function read(pid: number, file: string): Promise<string | null> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => null);
}

import { kernelFile } from '../../proc/kernel-file.ts';

/** How much memory this process and its children may still take. */
export interface MemoryRoom {
  readonly free: number;
  readonly total: number;
  /** How often the kernel has killed for want of memory, of the whole computer and of this container; only a rise means something. */
  readonly kills: number;
}

/** Where the kernel tells; a test reads from another folder. */
export interface MemoryPlaces {
  readonly proc: string;
  readonly cgroups: string;
}

const places: MemoryPlaces = { proc: '/proc', cgroups: '/sys/fs/cgroup' };

/**
 * The tighter of the computer and its container (cgroup version 2 or 1), in bytes; null where nobody tells, as on macOS
 * and Windows. What the kernel can give up at once (file cache) counts as free.
 */
export function readMemoryRoom({ proc, cgroups }: MemoryPlaces = places): MemoryRoom | null {
  const info = kernelFile(`${proc}/meminfo`);
  const total = kilobytes(info, 'MemTotal');
  const free = kilobytes(info, 'MemAvailable');
  if (total === null || free === null) return null;
  const kills = numberAfter(kernelFile(`${proc}/vmstat`), 'oom_kill') ?? 0;
  const computer = { free, total, kills };
  const container = containerRoom(kernelFile(`${proc}/self/cgroup`), cgroups);
  if (!container || container.total >= total) return { ...computer, kills: kills + (container?.kills ?? 0) };
  return { ...container, free: Math.min(free, container.free), kills: kills + container.kills };
}

function containerRoom(membership: string, cgroups: string): MemoryRoom | null {
  const second = /^0::(\/.*)$/m.exec(membership)?.[1];
  const first = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(membership)?.[1];
  // Inside a container the path may be that of the host, and what is seen is mounted at the top.
  const folders = (path: string, top: string) => [`${top}${path}`, top];
  for (const folder of second === undefined ? [] : folders(second, cgroups)) {
    const found = versionTwo(folder);
    if (found) return found;
  }
  for (const folder of first === undefined ? [] : folders(first, `${cgroups}/memory`)) {
    const found = versionOne(folder);
    if (found) return found;
  }
  return null;
}

function versionTwo(folder: string): MemoryRoom | null {
  const total = whole(kernelFile(`${folder}/memory.max`));
  const used = whole(kernelFile(`${folder}/memory.current`));
  const kills = numberAfter(kernelFile(`${folder}/memory.events`), 'oom_kill') ?? 0;
  if (used === null) return null;
  return roomOf(total, used, kernelFile(`${folder}/memory.stat`), 'inactive_file', kills);
}

function versionOne(folder: string): MemoryRoom | null {
  const total = whole(kernelFile(`${folder}/memory.limit_in_bytes`));
  const used = whole(kernelFile(`${folder}/memory.usage_in_bytes`));
  const kills = numberAfter(kernelFile(`${folder}/memory.oom_control`), 'oom_kill') ?? 0;
  if (used === null) return null;
  return roomOf(total, used, kernelFile(`${folder}/memory.stat`), 'total_inactive_file', kills);
}

// Without a limit the container is as large as the computer.
function roomOf(total: number | null, used: number, stat: string, cache: string, kills: number): MemoryRoom {
  if (total === null) return { free: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY, kills };
  const idle = numberAfter(stat, cache) ?? 0;
  return { free: Math.max(0, total - used + idle), total, kills };
}

function whole(content: string): number | null {
  return /^\d+\s*$/.test(content) ? Number(content) : null;
}

function kilobytes(content: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(content)?.[1];
  return found === undefined ? null : Number(found) * 1024;
}

function numberAfter(content: string, name: string): number | null {
  const found = new RegExp(`^${name} (\\d+)`, 'm').exec(content)?.[1];
  return found === undefined ? null : Number(found);
}

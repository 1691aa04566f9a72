import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryGuard } from './memory-guard.ts';
import { type MemoryPlaces, readMemoryRoom } from './memory-room.ts';

const GIB = 1024 ** 3;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-memory-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function machine(name: string, files: Record<string, string>): Promise<MemoryPlaces> {
  const computer = {
    'proc/meminfo': 'MemTotal:  16777216 kB\nMemFree: 1 kB\nMemAvailable:  8388608 kB\n',
    'proc/vmstat': 'pgfault 7\noom_kill 3\n',
  };
  for (const [path, content] of Object.entries({ ...computer, ...files })) {
    const place = join(folder, name, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
  }
  return { proc: join(folder, name, 'proc'), cgroups: join(folder, name, 'cgroups') };
}

test('without a container the computer’s memory counts', async () => {
  expect(readMemoryRoom(await machine('bare', {}))).toEqual({
    ...{ free: 8 * GIB, total: 16 * GIB, kills: 3 },
  });
  expect(readMemoryRoom({ proc: join(folder, 'mac'), cgroups: folder })).toBeNull();
});

test('a container of version 2 counts where it is tighter, its idle file cache as free', async () => {
  const places = await machine('two', {
    'proc/self/cgroup': '0::/box\n',
    'cgroups/box/memory.max': `${4 * GIB}\n`,
    'cgroups/box/memory.current': `${3 * GIB}\n`,
    'cgroups/box/memory.stat': `anon 5\ninactive_file ${GIB}\n`,
    'cgroups/box/memory.events': 'low 0\noom 2\noom_kill 1\n',
  });
  expect(readMemoryRoom(places)).toEqual({ free: 2 * GIB, total: 4 * GIB, kills: 4 });
});

test('a container of version 1 does too, and one without a limit does not', async () => {
  const files = {
    'proc/self/cgroup': '4:cpu,cpuacct:/x\n3:memory:/deep/box\n0::/\n',
    'cgroups/memory/memory.limit_in_bytes': `${2 * GIB}\n`,
    'cgroups/memory/memory.usage_in_bytes': `${GIB}\n`,
    'cgroups/memory/memory.stat': 'total_inactive_file 0\n',
  };
  expect(readMemoryRoom(await machine('one', files))).toEqual({ free: GIB, total: 2 * GIB, kills: 3 });
  const wide = { ...files, 'cgroups/memory/memory.limit_in_bytes': '9223372036854771712\n' };
  expect(readMemoryRoom(await machine('wide', wide))).toMatchObject({ total: 16 * GIB });
});

test('when memory runs low the session that holds most is stopped, once, and no small one', async () => {
  const room = { free: 8 * GIB, total: 16 * GIB, kills: 0 };
  const guard = new MemoryGuard({ readRoom: () => room });
  const stopped: string[] = [];
  const [large, small] = [Symbol('large'), Symbol('small')];
  guard.watch(large, (why) => stopped.push(`large: ${why}`));
  guard.watch(small, (why) => stopped.push(`small: ${why}`));
  guard.look(large, 6 * GIB);
  guard.look(small, GIB / 10);
  expect(stopped).toEqual([]);
  room.free = GIB / 2;
  guard.look(small, GIB / 10);
  expect(stopped).toHaveLength(1);
  expect(stopped[0]).toContain('large: only 0.5 GiB of 16.0 GiB were left');
  guard.look(large, 6 * GIB);
  guard.look(small, GIB / 10);
  expect(stopped).toHaveLength(1);
});

test('a bound for all sessions together holds too', async () => {
  const guard = new MemoryGuard({ most: 2 * GIB, readRoom: () => null });
  const stopped: string[] = [];
  const session = Symbol('session');
  guard.watch(session, (why) => stopped.push(why));
  guard.look(session, 3 * GIB);
  expect(stopped).toEqual(['it held 3.0 GiB, more than the 2.0 GiB set for it, and was stopped']);
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepGroups } from './sweep-groups.ts';

// Plain folders stand in for groups: one with a file in it refuses to be removed, as a group with a process does.
test('groups of dead workers go, those with a process, new ones and those of others stay', async () => {
  const place = await mkdtemp(join(tmpdir(), 'akashganga-groups-'));
  try {
    const [dead, lives, other] = ['akashganga-0123456789ab', 'akashganga-ba9876543210', 'system.slice'];
    await mkdir(join(place, dead, '0-1'), { recursive: true });
    await mkdir(join(place, lives, '0-1'), { recursive: true });
    await writeFile(join(place, lives, '0-1', 'process'), '');
    await mkdir(join(place, other));
    const places = [{ version: 1 as const, controllers: ['pids' as const], folder: place }];
    await sweepGroups(places, Date.now());
    expect((await readdir(place)).length).toBe(3);
    await sweepGroups(places, Date.now() + 120_000);
    expect((await readdir(place)).sort()).toEqual([lives, other]);
    expect(await readdir(join(place, lives))).toEqual(['0-1']);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

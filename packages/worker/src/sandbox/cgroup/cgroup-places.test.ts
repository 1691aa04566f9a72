import { expect, test } from 'vitest';
import { cgroupPlaces } from './cgroup-places.ts';

test('version 1 has a place for each controller, below the own group', () => {
  const own = '8:pids:/\n4:cpu,memory:/session/a1\n0::/\n';
  const mounts = [
    '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,cpu,memory',
    '39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:3 - cgroup cgroup rw,pids',
  ].join('\n');
  expect(cgroupPlaces(own, mounts)).toEqual([
    { version: 1, controllers: ['pids'], folder: '/sys/fs/cgroup/pids/' },
    { version: 1, controllers: ['memory'], folder: '/sys/fs/cgroup/memory/session/a1' },
  ]);
});

test('version 2 has the own group and all above it, the nearest first', () => {
  const mounts = '41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw';
  const folders = cgroupPlaces('0::/user.slice/app.slice\n', mounts).map((place) => place.folder);
  expect(folders).toEqual([
    '/sys/fs/cgroup/user.slice/app.slice',
    '/sys/fs/cgroup/user.slice',
    '/sys/fs/cgroup',
  ]);
});

test('in a container the path is taken from what is mounted', () => {
  const mounts = '35 31 0:32 /docker/c1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
  expect(cgroupPlaces('4:memory:/docker/c1/x', mounts)[0]?.folder).toBe('/sys/fs/cgroup/memory/x');
  expect(cgroupPlaces('4:memory:/elsewhere', mounts)).toEqual([]);
});

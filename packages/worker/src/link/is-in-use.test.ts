import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isInUse } from './is-in-use.ts';

const devices = mkdtempSync(join(tmpdir(), 'akashganga-devices-'));
afterAll(() => rmSync(devices, { recursive: true, force: true }));

test('a computer is in use for five minutes after a key was read from one of its terminals', () => {
  const now = 1_790_000_000_000;
  mkdirSync(join(devices, 'pts'));
  for (const name of ['tty1', 'ttyS0', 'null', 'pts/0', 'pts/ptmx']) {
    writeFileSync(join(devices, name), '');
    utimesSync(join(devices, name), now / 1000 - 3600, now / 1000 - 3600);
  }
  expect(isInUse(devices, now)).toBe(false);
  utimesSync(join(devices, 'ttyS0'), now / 1000, now / 1000);
  expect(isInUse(devices, now)).toBe(false);
  utimesSync(join(devices, 'pts/0'), now / 1000 - 200, now / 1000);
  expect(isInUse(devices, now)).toBe(true);
  expect(isInUse(devices, now + 101_000)).toBe(false);
});

test('where nothing is told nobody is taken to be there', () => {
  expect(isInUse(join(devices, 'nowhere'))).toBe(false);
});

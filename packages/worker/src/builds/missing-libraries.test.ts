import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { missingLibraries, packagesWith } from './missing-libraries.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const withoutLater = async (path: string) =>
  (await missingLibraries(path)).filter((name) => name !== 'libEGL.so.1');

test('a program of this system lacks nothing', async () => {
  expect(await withoutLater(process.execPath)).toEqual([]);
});

test('a library that nobody has is named, and packages are named for those that are known', async () => {
  const bytes = await readFile(process.execPath);
  // Of the same length, so that nothing else in the program moves.
  const at = bytes.indexOf('libstdc++.so.6\0');
  expect(at).toBeGreaterThan(0);
  bytes.write('libNobody.so.1', at);
  const program = join(folder, 'program');
  await writeFile(program, bytes, { mode: 0o755 });
  expect(await withoutLater(program)).toEqual(['libNobody.so.1']);
  expect(packagesWith(['libXi.so.6', 'libGL.so.1', 'libNobody.so.1'])).toEqual(['libgl1', 'libxi6']);
});

test('a script that starts a Blender with libraries of its own is asked for nothing', async () => {
  const script = join(folder, 'blender');
  await writeFile(script, '#!/bin/sh\n');
  expect(await missingLibraries(script)).toEqual([]);
  expect(await missingLibraries(join(folder, 'nowhere'))).toEqual([]);
});

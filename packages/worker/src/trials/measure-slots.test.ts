import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSandbox } from '../sandbox/index.ts';
import { chooseSlots, measureSlots, type SlotRate } from './measure-slots.ts';
import { readSlotRecord, writeSlotRecord } from './slot-record.ts';

const rate = (slots: number, framesPerSecond: number): SlotRate => ({ slots, threads: 1, framesPerSecond });

test('the fewest slots are chosen that render nearly as much as the best', () => {
  expect(chooseSlots([rate(1, 2), rate(2, 3.9), rate(4, 4)])?.slots).toBe(2);
  expect(chooseSlots([rate(1, 3.9), rate(2, 4), rate(4, 3)])?.slots).toBe(1);
  expect(chooseSlots([rate(1, 1), rate(2, 2), rate(4, 4)])?.slots).toBe(4);
  expect(chooseSlots([])).toBeNull();
});

const fakeBlender = fileURLToPath(
  new URL('../../../../tests/fakes/fake-blender/fake-blender.mjs', import.meta.url),
);

test('each number of slots up to the most is measured, and nothing is left of it but its record', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-trials-'));
  try {
    const bounds = { memory: 8e9, disk: 1e9, files: 1000, processes: 600 };
    const path = process.env.PATH ?? '';
    const options = { mode: 'off' as const, folder, path, bounds, memory: 8e9, read: [], write: [] };
    await using sandbox = await openSandbox(options);
    const rates = await measureSlots({
      ...{ blender: fakeBlender, sandbox, folder: join(folder, 'slots', 'trials'), environment: process.env },
      ...{ cores: 8, most: 3, signal: new AbortController().signal },
    });
    expect(rates.map(({ slots, threads }) => [slots, threads])).toEqual([
      [1, 8],
      [2, 4],
    ]);
    await writeSlotRecord(folder, { key: 'a', rates });
    expect(await readSlotRecord(folder, 'a')).toEqual({ key: 'a', rates });
    expect(await readSlotRecord(folder, 'b')).toBeNull();
    await writeFile(join(folder, 'slots.json'), '{"key":"a","rates":[{"slots":0}]}');
    expect(await readSlotRecord(folder, 'a')).toBeNull();
    expect(await readdir(join(folder, 'slots'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

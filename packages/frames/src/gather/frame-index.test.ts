import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashBytes } from '@akashganga/storage';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../fixtures/frames.fixture.ts';
import { FrameIndex, type FrameReport } from './frame-index.ts';

function report(frame: number, content = `${frame}`): FrameReport {
  const digest = hashBytes(Buffer.from(content));
  return {
    kind: 'frame',
    job: 'job-1',
    frame,
    digest,
    size: 10,
    lease: null,
    worker: null,
    seconds: 1,
    memory: null,
  };
}

test('what was added is there after opening again', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'new', 'frames.jsonl');
  const index = await FrameIndex.open(path);
  expect(index.get(1)).toBeUndefined();
  await Promise.all(Array.from({ length: 50 }, (_, at) => index.add(report(at - 25), '.png')));
  const again = await FrameIndex.open(path);
  expect(again.length).toBe(index.length);
  for (let frame = -25; frame < 25; frame += 1)
    expect(again.get(frame)).toEqual({ frame, digest: report(frame).digest, size: 10, extension: '.png' });
});

test('a line torn by a kill, at any byte, is as if it had never been begun', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'frames.jsonl');
  const index = await FrameIndex.open(path);
  await index.add(report(1), '.png');
  const whole = index.length;
  await index.add(report(2), '.png');
  const bytes = await readFile(path);
  for (let cut = whole; cut < bytes.length; cut += 7) {
    await writeFile(path, bytes);
    await truncate(path, cut);
    const torn = await FrameIndex.open(path);
    expect(torn.get(1)).toBeDefined();
    expect(torn.get(2)).toBeUndefined();
    await torn.add(report(3), '.exr');
    const mended = await FrameIndex.open(path);
    expect([1, 2, 3].map((frame) => mended.get(frame)?.frame)).toEqual([1, undefined, 3]);
    expect((await mended.read(0, 10)).reports.map((line) => line.frame)).toEqual([1, 3]);
  }
});

test('a line that is not ours is passed over', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'frames.jsonl');
  await (await FrameIndex.open(path)).add(report(1), '.png');
  await appendFile(path, '\u0000\u0000\u0000\n{"kind":"frame"}\n');
  const index = await FrameIndex.open(path);
  await index.add(report(2), '.png');
  expect((await index.read(0, 10)).reports.map((line) => line.frame)).toEqual([1, 2]);
});

test('reports are read in pieces that join without a gap', async () => {
  await using folder = await temporaryFolder();
  const index = await FrameIndex.open(join(folder.path, 'frames.jsonl'));
  for (let frame = 1; frame <= 25; frame += 1) void index.add(report(frame), '.png');
  await index.add(report(26), '.png');
  const seen: number[] = [];
  for (let at = 0; at < index.length; ) {
    const { reports, next } = await index.read(at, 10);
    expect(reports.length).toBeLessThanOrEqual(10);
    seen.push(...reports.map((line) => line.frame));
    at = next;
  }
  expect(seen).toEqual(Array.from({ length: 26 }, (_, at) => at + 1));
});

test('10,000 frames are read in a moment', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'frames.jsonl');
  const line = (frame: number) => `${JSON.stringify({ ...report(frame), extension: '.png' })}\n`;
  await writeFile(path, Array.from({ length: 10_000 }, (_, at) => line(at)).join(''));
  const startedAt = performance.now();
  const index = await FrameIndex.open(path);
  expect(performance.now() - startedAt).toBeLessThan(2000);
  expect(index.get(9_999)).toBeDefined();
});

test('which lease has replaced which frame is known after a start, and no line tells the manager', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'frames.jsonl');
  const index = await FrameIndex.open(path);
  await index.add({ ...report(1), lease: 'lease-1' }, '.png');
  await index.add({ ...report(1), lease: 'lease-2' }, '.png', true);
  await index.add({ ...report(1), lease: 'lease-3' }, '.png');
  for (const one of [index, await FrameIndex.open(path)]) {
    const said = ['lease-1', 'lease-2', 'lease-3', null].map((lease) => one.hasReplaced(1, lease));
    expect(said).toEqual([false, true, false, false]);
    expect(one.hasReplaced(2, 'lease-2')).toBe(false);
    expect((await one.read(0, 10)).reports[1]).toEqual({ ...report(1), lease: 'lease-2' });
  }
});

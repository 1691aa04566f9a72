import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashBytes } from '@akashganga/storage';
import { expect, test } from 'vitest';
import { unfinishedFolder } from '../files/job-paths.ts';
import { temporaryFolder } from '../fixtures/frames.fixture.ts';
import type { FrameReport } from './frame-index.ts';
import { JobShelf } from './job-shelf.ts';

function report(job: string): FrameReport {
  const digest = hashBytes(Buffer.from(job));
  return {
    kind: 'frame',
    job,
    frame: 1,
    digest,
    size: 10,
    lease: null,
    worker: null,
    seconds: null,
    memory: null,
  };
}

test('more jobs than are kept in memory are all there', async () => {
  await using folder = await temporaryFolder();
  const shelf = new JobShelf(folder.path);
  const jobs = Array.from({ length: 40 }, (_, at) => `job-${at}`);
  await Promise.all(jobs.map((job) => shelf.use(job, (open) => open.index.add(report(job), '.png'))));
  for (const job of jobs) expect(await shelf.use(job, async (open) => open.index.get(1)?.frame)).toBe(1);
  expect((await shelf.unreported()).sort()).toEqual([...jobs].sort());
});

test('what was acknowledged is not reported again after a start', async () => {
  await using folder = await temporaryFolder();
  const shelf = new JobShelf(folder.path);
  await shelf.use('job-1', async (open) => {
    await open.index.add(report('job-1'), '.png');
    await open.markReported((await open.unreported(10)).next);
    expect(open.hasUnreported).toBe(false);
  });
  expect(await new JobShelf(folder.path).unreported()).toEqual([]);
});

test('looking at a job that is not there makes nothing', async () => {
  await using folder = await temporaryFolder();
  expect(await new JobShelf(folder.path).use('job-1', (open) => open.kept(1))).toBeNull();
  expect(existsSync(join(folder.path, 'jobs', 'job-1'))).toBe(false);
});

test('what is being delivered while its job is forgotten is refused and leaves nothing', async () => {
  await using folder = await temporaryFolder();
  await mkdir(unfinishedFolder(folder.path), { recursive: true });
  const shelf = new JobShelf(folder.path);
  for (const job of ['job-1', 'job-2']) {
    if (job === 'job-1') await shelf.use(job, (open) => open.index.add(report(job), '.png'));
    const late = shelf.use(job, async (open) => {
      await shelf.forget(job);
      await open.index.add(report(job), '.png');
    });
    // Its index was there and is gone; or it was not, and would be made.
    if (job === 'job-1') await expect(late).rejects.toMatchObject({ code: 'job.unknown' });
    else await late;
    expect(existsSync(join(folder.path, 'jobs', job))).toBe(false);
  }
});

test('a forgotten job is gone and takes nothing more', async () => {
  await using folder = await temporaryFolder();
  await mkdir(unfinishedFolder(folder.path), { recursive: true });
  const shelf = new JobShelf(folder.path);
  await shelf.use('job-1', (open) => open.index.add(report('job-1'), '.png'));
  await shelf.forget('job-1');
  await shelf.forget('never-there');
  expect(existsSync(join(folder.path, 'jobs', 'job-1'))).toBe(false);
  await expect(shelf.use('job-1', (open) => open.kept(1))).rejects.toMatchObject({ code: 'job.unknown' });
});

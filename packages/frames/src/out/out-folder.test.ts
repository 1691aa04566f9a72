import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EncodeOrderInput } from '@akashganga/protocol';
import { expect, test, vi } from 'vitest';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { FrameFarm, makePng, temporaryFolder } from '../fixtures/frames.fixture.ts';

vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 40_000, interval: 20 };
const run = promisify(execFile);
const order: EncodeOrderInput = {
  ...{ job: 'job-1', name: '../The shot', container: 'mp4', rate: { fps: 24, base: 1 } },
  ...{ frames: '-1-3', extension: '.png' },
};

test('the film and the frames of a job come to the folder of the owner, with sums, and anew when they are made anew', async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, 'out');
  await using farm = await FrameFarm.start({ ffmpeg: findFfmpeg(process.env.PATH ?? ''), out });
  for (const frame of [-1, 0, 1, 2, 3])
    await farm.deliver('job-1', frame, await makePng({ shade: 9 + frame }));
  farm.manager.order(order);
  await farm.manager.report('film', 'job-1');
  await expect
    .poll(() => readdir(out).catch(() => []), soon)
    .toEqual([expect.stringMatching(/^[^/.][^/]* job-1$/)]);
  const [name = ''] = await readdir(out);
  const check = async () => {
    const { stdout } = await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: join(out, name) });
    return stdout.trim().split('\n').length;
  };
  expect(await check()).toBe(6);
  expect((await readdir(join(out, name))).filter((file) => /^-?\d+\.png$/.test(file))).toHaveLength(5);
  const before = await readFile(join(out, name, 'SHA256SUMS'), 'utf8');

  await farm.deliver('job-1', 2, await makePng({ shade: 200 }), { 'akashganga-replace': '1' });
  farm.manager.order(order);
  await farm.manager.report('film', 'job-1', 2);
  await expect
    .poll(() => readFile(join(out, name, 'SHA256SUMS'), 'utf8').catch(() => before), soon)
    .not.toBe(before);
  expect(await check()).toBe(6);
  await expect.poll(() => readdir(out), soon).toEqual([name]);
});

test('a folder that cannot be written to spoils no job, and gets the results when it can be', async () => {
  await using folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  const out = join(folder.path, 'a file');
  await writeFile(out, '');
  await using farm = await FrameFarm.start({
    ...{ ffmpeg: findFfmpeg(process.env.PATH ?? ''), out, outRetryMs: 50 },
  });
  for (const frame of [-1, 0, 1, 2, 3])
    await farm.deliver('job-1', frame, await makePng({ shade: 9 + frame }));
  farm.manager.order(order);
  expect(await farm.manager.report('film', 'job-1')).toMatchObject({ frames: 5 });

  await rm(out);
  await expect
    .poll(() => readdir(out).catch(() => []), soon)
    .toEqual([expect.stringMatching(/^[^/.][^/]* job-1$/)]);
});

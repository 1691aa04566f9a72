import { expect, test } from 'vitest';
import { WorkerTraces } from '../hostile/worker-traces.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

test('while one slot examines a scene, the others of its computer open it, and render with what they opened', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 0 });
  await farm.startWorker('worker-1', ['--slots', '3']);
  const traces = await WorkerTraces.of(farm.data('worker-1'));
  const sessions = async () =>
    [...new Set((await traces.processes()).map(({ session }) => session.split('/slots/')[1]))].sort();
  const scene = await writeFakeScene(folder, {
    ...{ frameEnd: 12, secondsPerFrame: 0.3, secondsToDescribe: 4 },
  });
  const job = await farm.submit(scene);
  await expect.poll(async () => (await sessions()).length).toBe(3);
  const opened = await sessions();
  expect(await farm.job(job)).toMatchObject({ state: 'queued', probe: null });
  await farm.until(job, ({ frames }) => frames.rendering === 3);
  expect(await sessions()).toEqual(opened);
  expect(await farm.ended(job)).toMatchObject({ state: 'completed', frames: { done: 12 } });
  await farm.role('worker-1').stop();
  expect(await traces.left()).toEqual([]);
});

import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { WorkerTraces } from '../hostile/worker-traces.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

test('each slot keeps a Blender waiting that sees no scene, and renders with it what comes', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 0 });
  await farm.startWorker('worker-1', ['--slots', '2']);
  const traces = await WorkerTraces.of(farm.data('worker-1'));
  const sessions = async () => [...new Set((await traces.processes()).map(({ session }) => session))].sort();
  const blenders = async () => {
    const found = await traces.processes();
    return found.filter(({ kind }) => kind === 'blender').map(({ pid }) => pid);
  };
  /** What the session is shown of the scene. */
  const shown = (session: string) =>
    readdir(join(dirname(session), basename(session).replace('session', 'scene')));

  await expect.poll(async () => (await blenders()).length).toBeGreaterThanOrEqual(2);
  const waiting = await sessions();
  expect(waiting).toHaveLength(2);
  for (const session of waiting) expect(await shown(session)).toEqual([]);

  const scene = await writeFakeScene(folder, { frameEnd: 12, secondsPerFrame: 0.3 });
  const job = await farm.submit(scene);
  await farm.until(job, ({ frames }) => frames.rendering === 2);
  expect(await sessions()).toEqual(waiting);
  for (const session of waiting) expect(await shown(session)).toEqual([basename(scene)]);
  expect(await farm.ended(job)).toMatchObject({ state: 'completed', frames: { done: 12 } });

  // Scripts would find what the waiting Blender has loaded of ours.
  const trusting = await farm.submit(scene, ['--trust-scripts']);
  await farm.until(trusting, ({ frames }) => frames.rendering === 2);
  const fresh = await sessions();
  expect(fresh.filter((session) => waiting.includes(session))).toEqual([]);
  for (const session of fresh) await expect(shown(session)).rejects.toThrow('ENOENT');
  expect(await farm.ended(trusting)).toMatchObject({ state: 'completed', frames: { done: 12 } });
  await farm.role('worker-1').stop();
  expect(await traces.left()).toEqual([]);
});

test('a waiting Blender that is killed leaves nothing, and the next job is rendered all the same', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 0 });
  await farm.startWorker('worker-1', ['--slots', '1']);
  const traces = await WorkerTraces.of(farm.data('worker-1'));
  await traces.killOne('blender', () => 0);
  const job = await farm.submit(await writeFakeScene(folder, { frameEnd: 3 }));
  expect(await farm.ended(job)).toMatchObject({ state: 'completed', frames: { done: 3 } });
  await farm.role('worker-1').stop();
  expect(await traces.left()).toEqual([]);
});

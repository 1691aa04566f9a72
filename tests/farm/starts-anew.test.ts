// What a worker has on its disk is delivered when it starts anew, and nobody renders it a second time.
import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countRenders, fakeDigest } from './processes/look-at-film.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const FRAMES = 40;
/** Undelivered frames at least when everything is killed. */
const HELD = 8;

let folder: TestFolder;
let farm: TestFarm;
beforeEach(async () => {
  folder = await TestFolder.make();
  farm = await TestFarm.start(folder, { workers: 0 });
});
afterEach(async () => {
  await farm[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const outboxOf = (worker: string) => join(farm.data(worker), 'worker', 'outbox');

/** The parcels of a worker that are whole, by frame. */
async function parcels(worker: string): Promise<Map<number, string>> {
  const names = await readdir(outboxOf(worker));
  const whole = names.filter((name) => !name.endsWith('.part'));
  return new Map(whole.map((name) => [Number(name.split('-')[1]), join(outboxOf(worker), name)]));
}

/** A job whose frame server went away in the middle, and the port it had. */
async function startJob(): Promise<{ id: string; port: number }> {
  const scene = await writeFakeScene(folder, { frameEnd: FRAMES, secondsPerFrame: 0.2 });
  const id = await farm.submit(scene, ['--chunk', '3']);
  await farm.until(id, ({ frames }) => frames.done >= 4);
  const frames = farm.role('frames');
  const port = Number(new URL(String((await frames.event('ready')).url)).port);
  await frames.kill();
  return { id, port };
}

async function expectRenderedOnce(id: string, frames: Iterable<number>): Promise<void> {
  expect(await farm.ended(id)).toMatchObject({ state: 'completed', frames: { done: FRAMES } });
  const wrong = (await farm.frames(id)).filter((one) => one.digest !== fakeDigest(64, 36, one.frame));
  expect(wrong).toEqual([]);
  const counts = await countRenders(folder.join('rendered.log'));
  expect([...frames].filter((frame) => counts.get(frame) !== 1)).toEqual([]);
}

test('a worker killed with frames on its disk delivers them when it is started again', async () => {
  await farm.startWorker('worker-1', ['--slots', '2']);
  const { id, port } = await startJob();
  await expect.poll(async () => (await parcels('worker-1')).size).toBeGreaterThanOrEqual(HELD);
  await farm.role('worker-1').kill();
  const held = await parcels('worker-1');
  // Another one would render them now.
  await farm.startWorker('worker-2');
  await farm.startWorker('worker-1', ['--slots', '2']);
  await farm.startFrames(port);
  await expectRenderedOnce(id, held.keys());
  expect(await parcels('worker-1')).toEqual(new Map());
});

test('after a cut of power, of the manager too, what was rendered is delivered, and what the cut spoilt is rendered again', async () => {
  await farm.startWorker('worker-1', ['--slots', '2']);
  const { id, port } = await startJob();
  await expect.poll(async () => (await parcels('worker-1')).size).toBeGreaterThanOrEqual(HELD);
  await Promise.all([farm.role('worker-1').kill(), farm.role('manager').kill()]);
  const held = await parcels('worker-1');
  const [short = 0, garbled = 0, ...sound] = held.keys();
  const pictureOf = async (frame: number) => {
    const path = held.get(frame) ?? '';
    const [name = ''] = (await readdir(path)).filter((one) => one !== 'parcel.json');
    return { path: join(path, name), name };
  };
  await truncate((await pictureOf(short)).path, 10);
  const { path } = await pictureOf(garbled);
  const { size } = await stat(path);
  await writeFile(path, Buffer.alloc(size));
  await farm.startManager();
  await farm.startWorker('worker-1', ['--slots', '2']);
  await farm.startFrames(port);
  await expectRenderedOnce(id, sound);
  const counts = await countRenders(folder.join('rendered.log'));
  expect([counts.get(short), counts.get(garbled)]).toEqual([2, 2]);
});

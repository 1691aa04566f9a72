import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type Worker, workerRoutes } from '@akashganga/protocol';
import { openSandbox, tryCards } from '@akashganga/worker';
import { expect, test } from 'vitest';
import { openSession } from '../../packages/worker/src/session/index.ts';
import { akashganga, Command } from './processes/command.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// There is no graphics card here: real Blender lists none, and the fake one answers as Blender does where there are some.
const optix = { kind: 'OPTIX', name: 'NVIDIA Comet 40' };
const first = { ...optix, id: 'CUDA_NVIDIA Comet 40_0000:01:00_OptiX' };
const second = { ...optix, id: 'CUDA_NVIDIA Comet 40_0000:02:00_OptiX' };
const broken = { kind: 'HIP', id: 'HIP_Ember_0000:03:00', name: 'AMD Ember' };
const wrong = { kind: 'HIP', id: 'HIP_Ash_0000:04:00', name: 'AMD Ash' };

async function workersOf(farm: TestFarm): Promise<Worker[]> {
  return (await farm.client.call(workerRoutes.list, {})).workers;
}

async function farmWith(folder: TestFolder, cards: readonly object[]): Promise<TestFarm> {
  await mkdir(folder.join('fake-state'), { recursive: true });
  await writeFile(folder.join('fake-state', 'cards.json'), JSON.stringify(cards));
  const farm = await TestFarm.start(folder, { workers: 0 });
  await farm.startWorker('anu', ['--slots', '1', '--gpu', 'all']);
  return farm;
}

test('cards that pass their trial are slots, those that do not say why, and a job is rendered where it asked for', async () => {
  await using folder = await TestFolder.make();
  const fault = 'Error: HIP error: Illegal address in hipMemcpy';
  await using farm = await farmWith(folder, [
    first,
    second,
    { ...broken, fault },
    { ...wrong, isWrong: true },
  ]);
  await expect.poll(async () => (await workersOf(farm)).length).toBe(2);
  const workers = await workersOf(farm);
  const own = workers.find(({ name }) => name === 'anu');
  expect(own).toMatchObject({ slots: 1, gpus: [] });
  expect(own?.cards?.map(({ id, problem }) => [id, problem?.code ?? null])).toEqual([
    [first.id, null],
    [second.id, null],
    [broken.id, 'machine.gpu-failed'],
    [wrong.id, 'machine.gpu-failed'],
  ]);
  const ofCards = workers.find(({ name }) => name === 'anu: NVIDIA Comet 40');
  expect(ofCards).toMatchObject({ slots: 2, gpus: ['optix'] });

  const scene = await writeFakeScene(folder, { frameEnd: 12, engine: 'CYCLES', secondsPerFrame: 0.2 });
  const before = await rendered(folder);
  const onCards = await farm.submit(scene, ['--device', 'gpu']);
  expect(await farm.ended(onCards)).toMatchObject({ state: 'completed' });
  const onCard = (await rendered(folder)).slice(before.length);
  expect(onCard).toHaveLength(12);
  expect(new Set(onCard.map((line) => line.split(' ').slice(2).join(' ')))).toEqual(
    new Set([first.id, second.id]),
  );

  const onProcessor = await farm.submit(scene);
  expect(await farm.ended(onProcessor)).toMatchObject({ state: 'completed' });
  const more = (await rendered(folder)).slice(before.length + onCard.length);
  expect(more.map((line) => line.split(' ').length)).toEqual(Array(12).fill(2));

  const { lines } = await akashganga(['doctor', '--data', farm.data('anu'), '--json'], farm.environment);
  const said = lines.find(({ what }) => what === 'Graphics cards');
  expect(said).toMatchObject({ ok: false, says: expect.stringContaining('AMD Ember (HIP) is not used') });
});

async function rendered(folder: TestFolder): Promise<string[]> {
  const text = await readFile(folder.join('rendered.log'), 'utf8');
  return text.split('\n').filter(Boolean);
}

test('without a card a job that asks for one says at once what it waits for', async () => {
  await using folder = await TestFolder.make();
  await using farm = await farmWith(folder, []);
  const job = await farm.submit(await writeFakeScene(folder, {}), ['--device', 'gpu']);
  expect(await farm.job(job)).toMatchObject({ state: 'queued', waitsFor: 'a worker with a graphics card' });
  expect(await workersOf(farm)).toHaveLength(1);
});

test('a worker that is not told how many slots to have measures that once and remembers it', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 0, frames: false });
  const args = [
    'worker',
    '--name',
    'anu',
    '--join',
    await farm.joinCode(),
    '--data',
    farm.data('anu'),
    '--json',
  ];
  const readRecord = async () => {
    const text = await readFile(folder.join('anu', 'worker', 'slots.json'), 'utf8').catch(
      () => '{"rates":[]}',
    );
    return (JSON.parse(text) as { rates: { slots: number }[] }).rates.map(({ slots }) => slots);
  };
  for (const isFirst of [true, false]) {
    const worker = new Command(args, farm.environment, folder.path);
    await worker.event('ready');
    await expect.poll(async () => (await workersOf(farm))[0]?.state).toBe('idle');
    await expect.poll(readRecord).toContain(1);
    const measured = await readRecord();
    await expect.poll(async () => measured.includes((await workersOf(farm))[0]?.slots ?? 0)).toBe(true);
    expect(worker.stderr.includes('Measuring once')).toBe(isFirst);
    expect(await worker.stop()).toMatchObject({ code: 0 });
  }
});

test('a worker renders what there is before it is measured', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 0 });
  const job = await farm.submit(await writeFakeScene(folder, { frameEnd: 4 }));
  const args = ['join', await farm.joinCode(), '--name', 'anu', '--data', farm.data('anu'), '--json'];
  const worker = new Command(args, farm.environment, folder.path);
  expect(await farm.ended(job)).toMatchObject({ state: 'completed' });
  const record = () => readFile(folder.join('anu', 'worker', 'slots.json'), 'utf8').catch(() => '');
  await expect.poll(record).toContain('rates');
  await expect.poll(async () => (await workersOf(farm))[0]?.state).toBe('idle');
  expect(await worker.stop()).toMatchObject({ code: 0 });
});

test('real Blender lists its cards from inside the sandbox, and refuses one that is not there', async () => {
  await using folder = await TestFolder.make();
  const blender = process.env.AKASHGANGA_BLENDER ?? '/usr/bin/blender';
  await using sandbox = await openSandbox({
    ...{ mode: 'auto', folder: folder.join('worker'), path: process.env.PATH ?? '', read: [], write: [] },
    ...{ memory: 8e9, bounds: { memory: 8e9, disk: 1e9, files: 10_000, processes: 600 } },
  });
  const signal = new AbortController().signal;
  const own = folder.join('worker', 'slots', 'cards');
  const cards = await tryCards({ blender, sandbox, folder: own, environment: process.env, signal });
  for (const card of cards) expect(card.problem).toBeNull();
  await using session = await openSession({
    ...{
      blender,
      scene: null,
      folder: folder.join('session'),
      trustScripts: false,
      environment: process.env,
    },
  });
  const device = { kind: 'CUDA', id: 'CUDA_Gone_0000:09:00', name: 'Gone' } as const;
  await expect(session.apply({ engine: 'CYCLES', device })).rejects.toMatchObject({
    code: 'machine.gpu-failed',
  });
  // What was refused is put back by the next wishes: the processor is used when it was asked for.
  await session.apply({ engine: 'CYCLES', samples: 1, scale: 2, denoise: false });
  expect((await session.render({ frame: 1, output: folder.join('0001') })).file).toBe(
    folder.join('0001.png'),
  );
});

import { followEvents } from '@akashganga/client';
import { jobRoutes, workerRoutes } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { writeFakeScene } from './processes/scenes.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

test('in slow motion a person sees each state go by: preparing, rendering, delivering, done', async () => {
  await using folder = await TestFolder.make();
  await using farm = await TestFarm.start(folder, { workers: 1 });
  const watching = new AbortController();
  const seen = { worker: [] as string[], frame: [] as string[], slot: [] as string[] };
  const watch = (async () => {
    for await (const event of followEvents(farm.client, { signal: watching.signal })) {
      if (event.topic === 'worker') note(seen.worker, event.worker.state);
      if (event.topic === 'worker') for (const { state } of event.worker.slotReports) note(seen.slot, state);
      if (event.topic === 'frames')
        for (const { frame, state } of event.changes) if (frame === 1) note(seen.frame, state);
    }
  })();
  const scene = await writeFakeScene(folder, { frameEnd: 2 });
  const id = await farm.submit(scene, ['--slow-motion']);
  // The same by asking, as a page without events would.
  const asked = new Set<string>();
  const began = Date.now();
  for (let state = ''; state !== 'completed' && Date.now() - began < 30_000; ) {
    const { workers } = await farm.client.call(workerRoutes.list, {});
    for (const worker of workers) asked.add(worker.state);
    ({ state } = await farm.client.call(jobRoutes.get, { params: { job: id } }));
    await new Promise((next) => setTimeout(next, 100));
  }
  expect(await farm.job(id)).toMatchObject({ state: 'completed', slowMotion: true, frames: { done: 2 } });
  watching.abort();
  await watch;
  expect([...asked]).toEqual(expect.arrayContaining(['preparing', 'rendering', 'delivering']));
  expect(seen.worker).toEqual(expect.arrayContaining(['preparing', 'rendering', 'delivering']));
  expect(seen.slot).toEqual(expect.arrayContaining(['preparing', 'rendering', 'idle']));
  expect(seen.frame).toEqual(['leased', 'rendering', 'delivering', 'done']);
});

/** Each state once for as long as it stays. */
function note(states: string[], state: string): void {
  if (states.at(-1) !== state) states.push(state);
}

// A job of a million frames, and ten of them: how long it takes to accept one, and to list and page jobs and
// frames while workers render. Run: npx tsc -b packages && npx tsx bench/million.ts [--quick]
import { parseArgs } from 'node:util';
import type { FrameRun } from '@akashganga/protocol';
import { putScene } from './dispatch/bench-manager.ts';
import { LoadedFarm, newJob } from './dispatch/loaded-farm.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const frames = values.quick ? 100_000 : 1_000_000;
const rounds = values.quick ? 5 : 30;

const farm = await LoadedFarm.start({ workers: 100, frameMs: 100, jobs: 1, frames });
try {
  const { calls } = farm;
  await farm.until(() => farm.frameServer.acknowledged > 1000, 120);
  await table(1);
  const scene = await putScene(calls);
  for (let number = 1; number < 10; number += 1) {
    const accepted = await timed(() =>
      calls.post<{ id: string }>('/jobs', newJob(scene, number, `1-${frames}`)),
    );
    farm.jobs.push(accepted.value.id);
    console.log(`a job of ${frames} frames accepted in ${accepted.ms.toFixed(0)} ms`);
  }
  const before = farm.frameServer.acknowledged;
  await farm.until(() => farm.frameServer.acknowledged > before + 3000, 120);
  await table(10);
} finally {
  await farm.close();
}

async function table(jobs: number): Promise<void> {
  const job = farm.jobs[0] ?? '';
  const asked: [string, string][] = [
    ['jobs', '/jobs?limit=50'],
    ['one job', `/jobs/${job}`],
    ['first 1000 frames', `/jobs/${job}/frames?limit=1000`],
    ['1000 frames from the middle', `/jobs/${job}/frames?limit=1000&from=${frames / 2}`],
    ['last 1000 frames', `/jobs/${job}/frames?limit=1000&from=${frames - 999}`],
    ['states of all frames', `/jobs/${job}/frame-states`],
  ];
  for (const [what, path] of asked) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      times.push((await timed(() => farm.calls.call<{ runs?: FrameRun[] }>('GET', path))).ms);
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? 0;
    console.log(
      `${jobs} jobs of ${frames} frames, ${what}: ${median.toFixed(1)} ms (median of ${rounds}), ${times.at(-1)?.toFixed(1)} ms at most`,
    );
  }
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const from = performance.now();
  const value = await run();
  return { value, ms: performance.now() - from };
}

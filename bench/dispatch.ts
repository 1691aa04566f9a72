// Frames a second through the real manager over HTTP, with its real PostgreSQL: workers that render by waiting
// and a frame server that reports, in this process. A frame counts when the manager has acknowledged it, so it
// is on disk. A gap is the time a slot had nothing to do before it began its next frame.
// Run: npx tsc -b packages && npx tsx bench/dispatch.ts [--quick] [--workers 10,100,1000,10000] [--jobs 1,100,1000]
//      [--rate 6000] (frames a second that the workers could render) [--seconds 20]
import { parseArgs } from 'node:util';
import { BenchFrameServer } from './dispatch/bench-frame-server.ts';
import { BenchManager, putScene } from './dispatch/bench-manager.ts';
import { type Bench, BenchWorker } from './dispatch/bench-worker.ts';
import { LoadedFarm, newJob } from './dispatch/loaded-farm.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    workers: { type: 'string' },
    jobs: { type: 'string' },
    rate: { type: 'string', default: '6000' },
    seconds: { type: 'string' },
    'manager-flag': { type: 'string', multiple: true, default: [] },
  },
});
const numbers = (text: string) => text.split(',').map(Number);
const sizes = numbers(values.workers ?? (values.quick ? '10,1000' : '10,100,1000,10000'));
const queues = numbers(values.jobs ?? (values.quick ? '1' : '1,100,1000'));
const seconds = Number(values.seconds ?? (values.quick ? 5 : 20));

console.log(
  'workers   jobs  wanted/s  leased/s  done/s  gap median  gap p99  manager MB  manager CPU  PostgreSQL CPU  bench CPU',
);
for (const workers of sizes) for (const jobs of queues) await measure(workers, jobs);
await measureStart(values.quick ? 10 : 50);

async function measure(workers: number, jobs: number): Promise<void> {
  const frameMs = (workers / Number(values.rate)) * 1000;
  const load = { workers, jobs, frameMs, frames: Math.ceil(1_000_000 / jobs) };
  const farm = await LoadedFarm.start(load, values['manager-flag']);
  const { manager, frameServer, bench } = farm;
  try {
    await pause(Math.max(4, workers / 400));
    const before = {
      ...(await manager.usage()),
      postgres: manager.postgresSeconds(),
      done: frameServer.acknowledged,
      leased: farm.leased,
    };
    const own = process.cpuUsage();
    bench.gaps.length = 0;
    const from = performance.now();
    await pause(seconds);
    const span = (performance.now() - from) / 1000;
    const after = { ...(await manager.usage()), postgres: manager.postgresSeconds() };
    const used = process.cpuUsage(own);
    const gaps = bench.gaps.slice().sort((a, b) => a - b);
    const row = [
      String(workers).padStart(7),
      String(jobs).padStart(5),
      values.rate.padStart(8),
      ((farm.leased - before.leased) / span).toFixed(0).padStart(8),
      ((frameServer.acknowledged - before.done) / span).toFixed(0).padStart(6),
      `${at(gaps, 0.5).toFixed(1)} ms`.padStart(10),
      `${at(gaps, 0.99).toFixed(1)} ms`.padStart(10),
      (after.memory / 2 ** 20).toFixed(0).padStart(9),
      `${(((after.seconds - before.seconds) / span) * 100).toFixed(0)}%`.padStart(11),
      `${(((after.postgres - before.postgres) / span) * 100).toFixed(0)}%`.padStart(14),
      `${((used.user + used.system) / span / 1e4).toFixed(0)}%`.padStart(10),
    ];
    if (frameServer.problem) console.log(frameServer.problem);
    console.log(row.join('  '));
  } finally {
    await farm.close();
  }
}

/** From the moment a job is submitted to the moment an idle worker has its first lease. */
async function measureStart(times: number): Promise<void> {
  const manager = await BenchManager.start();
  const calls = manager.connect();
  const frameServer = new BenchFrameServer(calls);
  let given: (at: number) => void = () => undefined;
  const bench: Bench = {
    ...{ calls, frameServer, gaps: [], stopped: false, frameMs: 1 },
    onLease: () => given(performance.now()),
  };
  try {
    await frameServer.start();
    await new BenchWorker('worker-1', bench).start();
    const scene = await putScene(calls);
    const waits: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const first = new Promise<number>((resolve) => {
        given = resolve;
      });
      const from = performance.now();
      const job = await calls.post<{ id: string }>('/jobs', newJob(scene, time, '1'));
      waits.push((await first) - from);
      given = () => undefined;
      await pause(0.2);
      await calls.post(`/jobs/${job.id}/cancel`, {});
      await pause(0.1);
    }
    waits.sort((a, b) => a - b);
    console.log(
      `a job submitted to an idle worker is there after ${at(waits, 0.5).toFixed(1)} ms (median of ${times}), ${waits.at(-1)?.toFixed(1)} ms at most`,
    );
  } finally {
    bench.stopped = true;
    frameServer.stop();
    calls.close();
    await manager.close();
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function pause(forSeconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, forSeconds * 1000));
}

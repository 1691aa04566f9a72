// A farm under load whose PostgreSQL stands still for 20 s: what workers do meanwhile, how soon frames are acknowledged
// again, and whether anything acknowledged is lost or rendered twice.
// Run: npx tsc -b packages && npx tsx bench/postgres-away.ts [--quick] [--workers 1000]
import { parseArgs } from 'node:util';
import type { Job } from '@akashganga/protocol';
import { LoadedFarm } from './dispatch/loaded-farm.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, workers: { type: 'string' } },
});
const workers = Number(values.workers ?? (values.quick ? 100 : 1000));
const seconds = values.quick ? 5 : 20;

const farm = await LoadedFarm.start({ workers, frameMs: 2000, jobs: 1, frames: 1_000_000 });
try {
  const { frameServer } = farm;
  await farm.until(() => frameServer.acknowledged > 2 * workers, 120);
  const processes = farm.manager.postgresProcesses();
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  const delivered = frameServer.delivered;
  const acknowledged = frameServer.acknowledged;
  await new Promise((next) => setTimeout(next, seconds * 1000));
  const meanwhile = frameServer.delivered - delivered;
  const { memory } = await farm.manager.usage();
  for (const pid of processes) process.kill(pid, 'SIGCONT');
  const back = performance.now();
  await farm.until(() => frameServer.acknowledged > acknowledged, 120);
  const first = performance.now() - back;
  await farm.until(() => frameServer.delivered - frameServer.acknowledged < workers, 120);
  console.log(
    `${workers} workers, PostgreSQL still for ${seconds} s: ${(meanwhile / seconds).toFixed(0)} frames a second rendered meanwhile, of ${workers / 2}; the manager has ${(memory / 2 ** 20).toFixed(0)} MB`,
  );
  console.log(
    `acknowledged again ${first.toFixed(0)} ms after it came back, all that came meanwhile after ${(performance.now() - back).toFixed(0)} ms`,
  );
  const job = await farm.calls.call<Job>('GET', `/jobs/${farm.jobs[0]}`);
  console.log(
    `${frameServer.acknowledged} frames acknowledged, ${job.frames.done} done in the farm, ${frameServer.twice} rendered twice`,
  );
} finally {
  await farm.close();
}

// What a farm under load makes of a manager that is killed, and of a database that does not answer for a while:
// the real manager with its PostgreSQL, and workers that render by waiting.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameRun } from '@akashganga/protocol';
import { afterEach, expect, test } from 'vitest';
import { LoadedFarm } from '../../bench/dispatch/loaded-farm.ts';

const WORKERS = 100;
const open: LoadedFarm[] = [];
afterEach(async () => {
  for (const farm of open.splice(0)) await farm.close();
});

async function loadedFarm(): Promise<LoadedFarm> {
  const farm = await LoadedFarm.start({ workers: WORKERS, frameMs: 1500, jobs: 1, frames: 100_000 });
  open.push(farm);
  await farm.until(() => farm.frameServer.acknowledged > WORKERS, 60);
  return farm;
}

/** Frames that the manager says are done. */
async function doneFrames(farm: LoadedFarm): Promise<Set<number>> {
  const [job = ''] = farm.jobs;
  const { runs } = await farm.calls.call<{ runs: FrameRun[] }>('GET', `/jobs/${job}/frame-states`);
  const done = runs.filter((run) => run.state === 'done');
  return new Set(
    done.flatMap(({ first, last, step }) =>
      Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step),
    ),
  );
}

async function everythingAcknowledgedIsDone(farm: LoadedFarm): Promise<void> {
  const acknowledged = [...farm.frameServer.known];
  const done = await doneFrames(farm);
  expect(acknowledged.filter((key) => !done.has(Number(key.split(' ')[1])))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(WORKERS);
}

test('a killed manager goes on where it was: leases are kept, and nothing is rendered again', async () => {
  const farm = await loadedFarm();
  const before = farm.frameServer.acknowledged;
  await farm.manager.kill('SIGKILL');
  await farm.manager.run();
  await farm.until(() => farm.frameServer.acknowledged > before + 3 * WORKERS, 60);
  await everythingAcknowledgedIsDone(farm);
  expect(farm.frameServer.twice).toBe(0);
});

test('a database that stands still for a while loses nothing that was acknowledged, and the farm goes on by itself', async () => {
  const farm = await loadedFarm();
  const processes = postgresProcesses(farm.manager.folder);
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  const delivered = farm.frameServer.delivered;
  try {
    await new Promise((next) => setTimeout(next, 8000));
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  // Workers went on with what they had.
  expect(farm.frameServer.delivered).toBeGreaterThan(delivered + WORKERS);
  const before = farm.frameServer.acknowledged;
  await farm.until(() => farm.frameServer.acknowledged > before + 3 * WORKERS, 60);
  await everythingAcknowledgedIsDone(farm);
  expect(farm.frameServer.twice).toBe(0);
});

function postgresProcesses(folder: string): number[] {
  const first = Number(
    readFileSync(join(folder, 'manager', 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  const list = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const children = list.map((line) => line.trim().split(/\s+/).map(Number));
  return [first, ...children.filter(([, parent]) => parent === first).map(([pid = 0]) => pid)];
}

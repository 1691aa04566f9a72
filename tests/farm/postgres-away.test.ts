// What a farm under load makes of a database that is away: one that stands still, and one that is ended and comes back.
import { afterEach, expect, test } from 'vitest';
import type { LoadedFarm } from '../../bench/dispatch/loaded-farm.ts';
import { countedFarm, everythingAcknowledgedIsDone, WORKERS } from './processes/counted-farm.ts';

const open: LoadedFarm[] = [];
afterEach(async () => {
  for (const farm of open.splice(0)) await farm.close();
});

async function goesOn(farm: LoadedFarm): Promise<void> {
  const before = farm.frameServer.acknowledged;
  await farm.until(() => farm.frameServer.acknowledged > before + 3 * WORKERS, 60);
  await everythingAcknowledgedIsDone(farm);
  expect(farm.frameServer.twice).toBe(0);
}

test('a database that stands still for 20 s loses nothing that was acknowledged, and the farm goes on by itself', async () => {
  const farm = await countedFarm();
  open.push(farm);
  const processes = farm.manager.postgresProcesses();
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  const delivered = farm.frameServer.delivered;
  try {
    await new Promise((next) => setTimeout(next, 20_000));
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  // Workers went on with what they had.
  expect(farm.frameServer.delivered).toBeGreaterThan(delivered + WORKERS);
  await goesOn(farm);
});

test('a database that is ended in the midst of its work comes back, and nothing that was acknowledged is lost', async () => {
  const farm = await countedFarm();
  open.push(farm);
  // At once, and the way in which a system that goes down ends it.
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const [postmaster = 0] = farm.manager.postgresProcesses();
    process.kill(postmaster, signal);
    await goesOn(farm);
  }
});

// What a farm under load makes of a manager that is killed.
import { afterEach, expect, test } from 'vitest';
import type { LoadedFarm } from '../../bench/dispatch/loaded-farm.ts';
import { countedFarm, everythingAcknowledgedIsDone, WORKERS } from './processes/counted-farm.ts';

const open: LoadedFarm[] = [];
afterEach(async () => {
  for (const farm of open.splice(0)) await farm.close();
});

test('a killed manager goes on where it was: leases are kept, and nothing is rendered again', async () => {
  const farm = await countedFarm();
  open.push(farm);
  const before = farm.frameServer.acknowledged;
  await farm.manager.kill('SIGKILL');
  await farm.manager.run();
  await farm.until(() => farm.frameServer.acknowledged > before + 3 * WORKERS, 60);
  await everythingAcknowledgedIsDone(farm);
  expect(farm.frameServer.twice).toBe(0);
});

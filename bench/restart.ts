// A manager that is killed with many frames under way: seconds until the next one serves, and whether leases are
// kept and no frame that was delivered is rendered again. Run: npx tsc -b packages && npx tsx bench/restart.ts
// [--quick] [--workers 10000]
import { parseArgs } from 'node:util';
import { LoadedFarm } from './dispatch/loaded-farm.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, workers: { type: 'string' } },
});
const workers = Number(values.workers ?? (values.quick ? 500 : 10_000));
const rounds = values.quick ? 1 : 3;

const farm = await LoadedFarm.start({ workers, frameMs: 20_000, jobs: 1, frames: 1_000_000 });
try {
  await farm.until(() => farm.leased >= workers, 120);
  for (let round = 1; round <= rounds; round += 1) {
    const before = farm.frameServer.acknowledged;
    await farm.manager.kill('SIGKILL');
    const { led, answered } = await farm.manager.run();
    console.log(
      `${workers} frames under way: killed, and serving again ${led.toFixed(2)} s after its start, PostgreSQL's included; ${answered.toFixed(2)} s until it answered here, between all those workers`,
    );
    await farm.until(() => farm.frameServer.acknowledged > before + workers, 180);
  }
  const { delivered, twice, acknowledged } = farm.frameServer;
  console.log(`${delivered} frames delivered, ${acknowledged} acknowledged, ${twice} rendered twice`);
} finally {
  await farm.close();
}

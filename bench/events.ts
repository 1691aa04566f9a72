// The stream of events with pages open on it: what the manager spends on them, and what becomes of readers that read
// nothing. The same load without any reader is the yardstick.
// Run: npx tsc -b packages && npx tsx bench/events.ts [--quick] [--workers 3000] [--pages 20]
import { parseArgs } from 'node:util';
import { EventReader } from './dispatch/event-reader.ts';
import { LoadedFarm } from './dispatch/loaded-farm.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    workers: { type: 'string' },
    pages: { type: 'string', default: '20' },
  },
});
const workers = Number(values.workers ?? (values.quick ? 300 : 3000));
const seconds = values.quick ? 5 : 20;

const farm = await LoadedFarm.start({ workers, frameMs: 2000, jobs: 1, frames: 1_000_000 });
try {
  await farm.until(() => farm.frameServer.acknowledged > workers, 120);
  await measure(0, 0);
  await measure(1, 0);
  await measure(Number(values.pages), 0);
  await measure(0, Number(values.pages));
} finally {
  await farm.close();
}

async function measure(reading: number, silent: number): Promise<void> {
  const readers = Array.from(
    { length: reading },
    () => new EventReader(farm.manager.port, farm.manager.key, true),
  );
  const sleepers = Array.from(
    { length: silent },
    () => new EventReader(farm.manager.port, farm.manager.key, false),
  );
  await pause(1);
  for (const reader of readers) reader.events = reader.bytes = 0;
  const before = await farm.manager.usage();
  await pause(seconds);
  const after = await farm.manager.usage();
  const [first] = readers;
  const cut = sleepers.filter((sleeper) => sleeper.isClosed).length;
  console.log(
    [
      `${workers} workers, ${reading} readers, ${silent} that read nothing (${cut} cut off):`,
      `${((first?.events ?? 0) / seconds).toFixed(0)} events/s, ${((first?.bytes ?? 0) / seconds / 1024).toFixed(0)} KB/s each,`,
      `manager ${(((after.seconds - before.seconds) / seconds) * 100).toFixed(0)}% CPU, ${(after.memory / 2 ** 20).toFixed(0)} MB`,
    ].join(' '),
  );
  for (const one of [...readers, ...sleepers]) one.close();
}

function pause(forSeconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, forSeconds * 1000));
}

// `npm run simulate -- --seed N --hours H --workers W`: plays farms under a made-up clock and checks them.
// Without --seed it draws one and says which; --runs plays that many seeds, one after the other.
import { parseArgs } from 'node:util';
import { Broken, replay, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    hours: { type: 'string', default: '10' },
    workers: { type: 'string', default: '4' },
    runs: { type: 'string', default: '1' },
  },
});
const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(values.seed);
const runs = Number(values.runs);
const started = performance.now();
let hours = 0;
for (let run = 0; run < runs; run += 1) {
  const wanted = { seed: first + run, hours: Number(values.hours), workers: Number(values.workers) };
  try {
    const story = await simulate(wanted);
    hours += story.hours;
    console.log(
      `seed ${wanted.seed}: ${story.hours.toFixed(1)} h, ${story.steps} steps, ${story.jobs} jobs, ${story.frames} frames stored: good`,
    );
  } catch (error) {
    console.error(`seed ${wanted.seed}: ${error instanceof Broken ? error.message : (error as Error).stack}`);
    console.error(`Replay it with:\n  ${replay(wanted)}`);
    process.exit(1);
  }
}
const seconds = (performance.now() - started) / 1000;
console.log(`${hours.toFixed(0)} simulated farm-hours in ${seconds.toFixed(1)} s`);

// `npm run simulate -- --seed N --hours H --workers W`: plays farms under a made-up clock and checks them.
// Without --seed it draws one and says which; --runs plays that many seeds, one after the other.
import { parseArgs } from 'node:util';
import { allTimes, farms, type Prediction, race } from './makespan.ts';
import { Broken, replay, simulate } from './simulate.ts';
import { calm, rough } from './world/faults.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    hours: { type: 'string', default: '10' },
    workers: { type: 'string', default: '4' },
    runs: { type: 'string', default: '1' },
    makespan: { type: 'boolean', default: false },
    predictions: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
if (values.predictions) await comparePredictions(values.quick ? 5 : 20);
else if (values.makespan) await compareMakespans(values.quick ? 1 : 5, values.quick ? 1000 : 4000);
else await playStories();

async function playStories(): Promise<void> {
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
      console.error(
        `seed ${wanted.seed}: ${error instanceof Broken ? error.message : (error as Error).stack}`,
      );
      console.error(`Replay it with:\n  ${replay(wanted)}`);
      process.exit(1);
    }
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`${hours.toFixed(0)} simulated farm-hours in ${seconds.toFixed(1)} s`);
}

/** How much longer a job takes than the shortest time there is: all work shared out, and no slot ever idle. */
async function compareMakespans(seeds: number, frames: number): Promise<void> {
  console.log(
    'frames    workers  faults  ideal s  took s  ratio  tail s  longest frame s  idle frames  frames rendered',
  );
  for (const times of allTimes)
    for (const [workers, speeds] of Object.entries(farms))
      for (const faults of [calm, { ...rough, badFrame: 0 }])
        for (let seed = 1; seed <= seeds; seed += 1) {
          const done = await race({ seed, times, speeds, frames, seconds: 20, faults });
          console.log(
            [
              times.padEnd(8),
              workers.padEnd(8),
              (faults === calm ? 'none' : 'some').padEnd(6),
              done.ideal.toFixed(0).padStart(7),
              done.took.toFixed(0).padStart(7),
              (done.took / done.ideal).toFixed(3).padStart(6),
              done.tail.toFixed(1).padStart(7),
              done.longest.toFixed(1).padStart(15),
              done.idleFrames.toFixed(2).padStart(12),
              `${done.rendered} of ${frames}`.padStart(16),
            ].join(' '),
          );
        }
}

/** How often a job ended within the range that was said of it, and how wide that range was. */
async function comparePredictions(seeds: number): Promise<void> {
  console.log(
    'frames    count  workers  faults  done   in the range  too soon  too late  width  off by (median)',
  );
  for (const times of allTimes)
    for (const frames of [100, 1000])
      for (const [workers, speeds] of Object.entries(farms))
        for (const faults of [calm, { ...rough, badFrame: 0 }]) {
          const all: Prediction[] = [];
          for (let seed = 1; seed <= seeds; seed += 1)
            all.push(...(await race({ seed, times, speeds, frames, seconds: 20, faults })).predictions);
          for (const share of new Set(all.map((one) => one.share))) {
            const these = all.filter((one) => one.share === share);
            const part = (is: (one: Prediction) => boolean) =>
              `${((100 * these.filter(is).length) / these.length).toFixed(0)} %`;
            const offs = these.map(({ said, was }) => Math.abs(said - was) / was).sort((a, b) => a - b);
            const widths = these.map(({ low, high, said }) => (high - low) / 2 / said).sort((a, b) => a - b);
            const middle = (list: readonly number[]) => (list[Math.floor(list.length / 2)] ?? 0).toFixed(2);
            console.log(
              [
                times.padEnd(9),
                String(frames).padStart(5),
                ` ${workers.padEnd(7)}`,
                (faults === calm ? 'none' : 'some').padEnd(6),
                `${(100 * share).toFixed(0)} %`.padStart(5),
                part(({ low, was, high }) => low <= was && was <= high).padStart(13),
                part(({ low, was }) => was < low).padStart(9),
                part(({ high, was }) => was > high).padStart(9),
                middle(widths).padStart(6),
                middle(offs).padStart(16),
              ].join(' '),
            );
          }
        }
}

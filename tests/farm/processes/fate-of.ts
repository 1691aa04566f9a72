import { TestFarm } from '../../../packages/manager/src/schedule/farm.fixture.ts';

export type When = 'examination' | 'frame';

/** In a few words, for a table. */
export interface Fate {
  readonly frame: string;
  readonly job: string;
}

const workers = { small: 8e9, large: 16e9 };
const mostRounds = 30;

/**
 * What becomes of a frame, or of the examination, that fails everywhere in the same way, and of its job. The
 * scheduler itself is asked, with two computers of two slots and a job of three frames of which the first fails.
 */
export function fateOf(code: string, when: When): Fate {
  const farm = new TestFarm();
  farm.frameServer();
  for (const [name, memory] of Object.entries(workers)) farm.hello(name, { memory, slots: 2 });
  farm.submit({ frames: '1-3', film: { none: true } });
  if (when === 'frame') farm.probe('small');
  let tries = 0;
  for (let round = 0; round < mostRounds && farm.job().state !== 'failed'; round += 1)
    for (const name of Object.keys(workers)) tries += work(farm, name, code);
  const { state, problem } = farm.job();
  if (state !== 'failed') throw new Error(`after ${tries} tries the job is ${state}`);
  const goesOn = problem?.code === 'job.frames-failed';
  if (when === 'examination') {
    const after = tries === 1 ? 'at once' : `after ${tries} examinations`;
    return { frame: 'is never begun', job: `fails ${after}` };
  }
  const job = goesOn ? 'has the others rendered, then fails' : 'fails with it';
  return { frame: tries === 1 ? 'fails at once' : `fails after ${tries} tries`, job };
}

/** How often it failed this time: once, or not at all. */
function work(farm: TestFarm, worker: string, code: string): number {
  const open = farm.ask(worker);
  if (!open.reply) {
    farm.say({ kind: 'ask-over', worker, ask: open.request });
    farm.tickFor(1);
    return 0;
  }
  const [lease] = open.reply.leases;
  if (!lease) return 0;
  const problem = { code, says: 'It failed.' };
  if (lease.kind === 'probe') farm.update(worker, { kind: 'probe-failed', lease: lease.id, problem });
  else if (lease.frames === '1') farm.fail(worker, lease, 1, code);
  else farm.done(lease);
  return lease.kind === 'probe' || lease.frames === '1' ? 1 : 0;
}

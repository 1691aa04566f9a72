import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestFarm } from './farm.fixture.ts';
import type { FarmState, JobEntry } from './farm-state.ts';
import type { Fact } from './outcome.ts';
import { rough, Simulation } from './simulation.fixture.ts';

const held = new Set(['leased', 'rendering', 'delivering']);

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** What must be true of a job at every moment. */
function checkJob(state: FarmState, job: JobEntry): void {
  const recount: Record<string, number> = {};
  for (let index = 0; job.board && index < job.board.size; index += 1) {
    const frame = job.board.numbers[index]!;
    const is = job.board.state(index);
    recount[is] = (recount[is] ?? 0) + 1;
    const lease = state.leases.get(job.holders.get(index) ?? '');
    check(held.has(is) === job.holders.has(index), `${job.id} ${frame} is ${is}, holder ${lease?.id}`);
    if (held.has(is)) check(lease?.open.has(frame) === true, `${job.id} ${frame} is not open in its lease`);
  }
  for (const [name, count] of Object.entries(job.board?.counts() ?? {}))
    if (name !== 'total') check(count === (recount[name] ?? 0), `${job.id} counts ${count} ${name}`);
  const done = job.board?.count('done') ?? 0;
  if (['waiting', 'encoding', 'done'].includes(job.film.state))
    check(
      done + (job.board?.count('failed') ?? 0) === job.board?.size,
      `${job.id} has a film that is ${job.film.state} with ${done} frames`,
    );
  if (job.state === 'completed')
    check(
      job.film.state === (job.film.settings.none === true ? 'none' : 'done'),
      `${job.id} is completed with a film that is ${job.film.state}`,
    );
  if (['completed', 'failed', 'canceled'].includes(job.state))
    check(job.leases.size === 0 && job.endedAt !== null, `${job.id} has ended and has leases`);
  check(
    state.open.includes(job) === ['queued', 'active'].includes(job.state),
    `${job.id} is ${job.state} and in the wrong list`,
  );
}

function checkFarm(state: FarmState): void {
  for (const job of state.jobs.values()) checkJob(state, job);
  const seen = new Set<string>();
  for (const lease of state.leases.values()) {
    const job = state.jobs.get(lease.job);
    check(job?.leases.has(lease.id) === true, `${lease.id} is not known to its job`);
    check(state.workers.get(lease.worker)?.leases.has(lease.id) === true, `${lease.id} has no worker`);
    check(lease.kind === 'probe' || lease.open.size > 0, `${lease.id} is empty`);
    for (const frame of lease.open) {
      const key = `${lease.job} ${frame}`;
      if (lease.isDouble) {
        const index = job?.board?.indexOf(frame) ?? -1;
        check(job?.doubles.get(index) === lease.id, `${key} is not known as a double`);
        check(job?.holders.has(index) === true, `${key} is a double of nothing`);
        continue;
      }
      check(!seen.has(key), `${key} is in two leases`);
      seen.add(key);
      check(job?.holders.get(job.board?.indexOf(frame) ?? -1) === lease.id, `${key} has another holder`);
    }
  }
  for (const job of state.jobs.values())
    for (const id of job.leases) check(state.leases.has(id), `${id} of ${job.id}`);
  for (const worker of state.workers.values())
    for (const id of worker.leases) check(state.leases.has(id), `${id} of ${worker.hello.id}`);
  const order = state.open.map((job) => [-job.priority, job.createdAt]);
  const sorted = [...order].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  check(JSON.stringify(order) === JSON.stringify(sorted), 'the open jobs are not in order');
}

/** The rows that facts make, as record/ keeps them. */
class Rows {
  readonly jobs = new Map<string, Extract<Fact, { kind: 'job' }>['head']>();
  readonly frames = new Map<string, Extract<Fact, { kind: 'frame' }>>();
  readonly leases = new Map<string, readonly number[]>();
  readonly workers = new Set<string>();

  take(fact: Fact): void {
    if (fact.kind === 'job') this.jobs.set(fact.head.id, fact.head);
    if (fact.kind === 'frame') this.frames.set(`${fact.job} ${fact.frame}`, fact);
    if (fact.kind === 'lease-opened') this.leases.set(fact.lease.id, fact.lease.frames);
    if (fact.kind === 'lease-narrowed') this.leases.set(fact.lease, fact.frames);
    if (fact.kind === 'lease-closed') this.leases.delete(fact.lease);
    if (fact.kind === 'worker') this.workers.add(fact.hello.id);
    if (fact.kind === 'worker-removed') this.workers.delete(fact.worker);
    if (fact.kind !== 'job-deleted') return;
    this.jobs.delete(fact.job);
    for (const key of this.frames.keys()) if (key.startsWith(`${fact.job} `)) this.frames.delete(key);
  }

  /** Nothing that is in memory would be lost with it. */
  check(state: FarmState): void {
    const names = (keys: Iterable<string>) => [...keys].sort().join(' ');
    check(names(this.jobs.keys()) === names(state.jobs.keys()), 'the jobs on disk are others');
    check(names(this.leases.keys()) === names(state.leases.keys()), 'the leases on disk are others');
    check(names(this.workers) === names(state.workers.keys()), 'the workers on disk are others');
    for (const job of state.jobs.values()) this.#checkJob(job);
    for (const lease of state.leases.values()) {
      const ended = (frame: number) =>
        ['done', 'failed'].includes(this.frames.get(`${lease.job} ${frame}`)?.state ?? 'waiting');
      const left = (this.leases.get(lease.id) ?? []).filter((frame) => !ended(frame));
      check(left.join() === [...lease.open].sort((a, b) => a - b).join(), `${lease.id} on disk has ${left}`);
    }
  }

  #checkJob(job: JobEntry): void {
    const head = this.jobs.get(job.id);
    check(
      head?.state === job.state && head.film.state === job.film.state,
      `${job.id} on disk is ${head?.state}`,
    );
    check(head?.priority === job.priority && head.frameServer === job.frameServer, `${job.id} differs`);
    if (job.endedAt !== null)
      check(
        JSON.stringify(head?.counts) === JSON.stringify(job.board?.counts() ?? head?.counts),
        `${job.id} counts`,
      );
    for (let index = 0; job.board && index < job.board.size; index += 1) {
      const is = job.board.state(index);
      const row = this.frames.get(`${job.id} ${job.board.numbers[index]}`);
      const kept = ['done', 'failed'].includes(is) ? is : 'waiting';
      check((row?.state ?? 'waiting') === kept, `${job.id} ${index} is ${is}, on disk ${row?.state}`);
      check(
        (row?.failures ?? 0) === job.board.failures(index) || is === 'done',
        `${job.id} ${index} failures`,
      );
    }
  }
}

function run(seed: number, workers: number, steps: number): Simulation {
  const simulation = new Simulation(seed, workers);
  const { farm } = simulation;
  const done = new Set<string>();
  const rows = new Rows();
  simulation.onRetry = (job) => {
    for (const key of done) if (key.startsWith(`${job} `)) done.delete(key);
  };
  const checkAll = () => {
    for (const facts of farm.written.splice(0)) for (const fact of facts) rows.take(fact);
    checkFarm(farm.state);
    rows.check(farm.state);
    for (const key of done) {
      const [id = '', index] = key.split(' ');
      const job = farm.state.jobs.get(id);
      check(!job || job.board?.state(Number(index)) === 'done', `${key} was done and is not any more`);
    }
    for (const job of farm.state.jobs.values())
      for (let index = 0; job.board && index < job.board.size; index += 1)
        if (job.board.state(index) === 'done') done.add(`${job.id} ${index}`);
  };
  for (let count = 0; count < steps; count += 1) {
    simulation.step();
    checkAll();
  }
  simulation.calmDown();
  for (let count = 0; count < 20_000 && !simulation.hasEnded; count += 1) {
    simulation.step();
    checkAll();
  }
  return simulation;
}

// To run one again: put its numbers into `run` here.
test('whatever is lost, dies, comes back or is said twice, nothing done is lost and every job ends', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), (seed, workers) => {
      const simulation = run(seed, workers, 1500);
      check(
        simulation.hasEnded,
        `these go on for ever: ${[...simulation.farm.state.jobs.values()].map((job) => `${job.id} ${job.state} ${job.film.state} ${JSON.stringify(job.board?.counts())}`)}`,
      );
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('the same seed gives the same farm', () => {
  const facts = () => {
    const simulation = new Simulation(7, 3);
    for (let count = 0; count < 300; count += 1) simulation.step();
    return JSON.stringify(simulation.farm.facts);
  };
  expect(facts()).toBe(facts());
  expect(rough.lost).toBeGreaterThan(0);
});

test('the simulation meets films, failures, losses and retries', () => {
  const met = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) {
    const simulation = new Simulation(seed, 3);
    for (let count = 0; count < 2500; count += 1) simulation.step();
    for (const fact of simulation.farm.facts) {
      met.add(fact.kind === 'attempt' ? `attempt ${fact.attempt.outcome}` : fact.kind);
      if (fact.kind === 'job') met.add(`job ${fact.head.state}`).add(`film ${fact.head.film.state}`);
    }
  }
  const jobs = ['queued', 'active', 'paused', 'completed', 'failed', 'canceled'].map(
    (state) => `job ${state}`,
  );
  const films = ['none', 'waiting', 'encoding', 'done', 'failed'].map((state) => `film ${state}`);
  const kinds = ['frame', 'lease-opened', 'lease-narrowed', 'lease-closed', 'worker-removed', 'job-deleted'];
  for (const expected of [...jobs, ...films, ...kinds, 'attempt failed', 'attempt lost', 'attempt done'])
    expect(met).toContain(expected);
});

test('a refused command changes nothing that is kept', () => {
  const farm = TestFarm.rendering('1-3');
  farm.written.length = 0;
  expect(() => farm.say({ kind: 'resume', job: 'job-1' })).toThrow(/is active/);
  expect(farm.facts).toEqual([]);
});

import { isProblemCode, problemClass } from '@akashganga/protocol';
import { portrait } from '../../../packages/manager/src/record/portrait.fixture.ts';
import type { Command, Fact, FarmState, Outcome } from '../../../packages/manager/src/schedule/index.ts';
import type { Watch } from '../world/managers.ts';
import { Shelf } from '../world/shelf.ts';
import { must } from '../world/world.ts';
import { checkJob, checkLeases, checkNobodyWaits, checkOpened, checkStaysThere } from './invariants.ts';

/** All of the farm is looked at this often; after each step only what the step touched. */
const FULL_CHECK_EVERY = 40;
const REBUILD_EVERY = 400;
const FEWEST_ATTEMPTS = 3;
/** A farm of five workers decides some hundred times a minute. */
const MOST_TALK = 20_000;

/** Looks at the farm after each decision, and throws `Broken` when something is not as it must be. */
export class Checker implements Watch {
  // What would be on disk if all were written that was decided.
  #mirror = new Shelf();
  readonly #committed: Shelf;
  /** Frames whose being done was acknowledged, by job: nothing but a person may undo that. */
  readonly #promised = new Map<string, Set<number>>();
  /** Failed attempts of frames since they were last asked for. */
  readonly #attempts = new Map<string, number>();
  /** Jobs whose submission was acknowledged and that nobody deleted. */
  readonly #submitted = new Set<string>();
  readonly #leftFor = new Map<string, number>();
  #steps = 0;
  #talk = { minute: 0, steps: 0 };
  state: FarmState | null = null;

  constructor(committed: Shelf) {
    this.#committed = committed;
  }

  get steps(): number {
    return this.#steps;
  }

  started(state: FarmState): void {
    this.state = state;
    this.#mirror = this.#committed.copy();
    checkLeases(state);
    for (const job of state.jobs.values()) checkJob(state, job);
    this.#checkPromises();
    for (const id of this.#submitted)
      must(this.#committed.jobs.has(id), () => `${id} was accepted and is not there any more`);
  }

  decided(state: FarmState, command: Command, outcome: Outcome, now: number): void {
    this.#steps += 1;
    this.state = state;
    this.#mustRest(now);
    this.#mirror.write(outcome.facts);
    for (const fact of outcome.facts) {
      this.#takeFact(fact);
      if (fact.kind === 'lease-opened') checkOpened(state, fact.lease);
    }
    this.#takeCommand(command, outcome);
    if (command.kind === 'hello') {
      const opened = outcome.facts.flatMap((fact) => (fact.kind === 'lease-opened' ? [fact.lease] : []));
      checkStaysThere(state, command.hello.id, command.rendered ?? [], opened);
    }
    for (const id of outcome.jobs) {
      const job = state.jobs.get(id);
      if (job) checkJob(state, job);
    }
    if (outcome.facts.length > 0) checkLeases(state);
    checkNobodyWaits(state, this.#leftFor, command.kind === 'tick');
    if (this.#steps % FULL_CHECK_EVERY === 0) this.#checkPromises();
    if (this.#steps % REBUILD_EVERY === 0) this.#checkRebuilt(state, now);
  }

  // Someone who asks again at once, for ever, is not heard.
  #mustRest(now: number): void {
    const minute = Math.floor(now / 60_000);
    this.#talk = this.#talk.minute === minute ? this.#talk : { minute, steps: 0 };
    this.#talk.steps += 1;
    must(
      this.#talk.steps < MOST_TALK,
      () => `the farm talks without end: ${MOST_TALK} decisions in a minute`,
    );
  }

  #takeFact(fact: Fact): void {
    if (fact.kind === 'attempt' && fact.attempt.outcome !== 'done') {
      const key = `${fact.job} ${fact.frame}`;
      const isScene =
        fact.attempt.problem !== null &&
        isProblemCode(fact.attempt.problem.code) &&
        problemClass(fact.attempt.problem.code) === 'scene';
      this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + (isScene ? FEWEST_ATTEMPTS : 1));
    }
    if (fact.kind === 'frame' && fact.state === 'failed') {
      const attempts = this.#attempts.get(`${fact.job} ${fact.frame}`) ?? 0;
      must(
        attempts >= FEWEST_ATTEMPTS,
        () => `frame ${fact.frame} of ${fact.job} was given up after ${attempts} attempts`,
      );
    }
    // Asked for again: it begins anew.
    if (fact.kind === 'frame' && fact.state === 'waiting' && fact.failures === 0)
      this.#attempts.delete(`${fact.job} ${fact.frame}`);
    if (fact.kind === 'job-deleted') {
      this.#forgetJob(fact.job);
      this.#submitted.delete(fact.job);
    }
  }

  // Only what a person asks for again may stop being done.
  #takeCommand(command: Command, outcome: Outcome): void {
    if (command.kind !== 'retry') return;
    for (const fact of outcome.facts)
      if (fact.kind === 'frame' && fact.state === 'waiting') this.#promised.get(fact.job)?.delete(fact.frame);
  }

  #forgetJob(job: string): void {
    this.#promised.delete(job);
    for (const key of this.#attempts.keys()) if (key.startsWith(`${job} `)) this.#attempts.delete(key);
  }

  /** The manager has said that it has this job. */
  submitted(id: string): void {
    if (this.state?.jobs.has(id)) this.#submitted.add(id);
  }

  /** The manager has said that it knows of this frame. */
  acknowledged(id: string, frame: number): void {
    const job = this.state?.jobs.get(id);
    if (job?.board?.state(job.board.indexOf(frame)) !== 'done') return;
    const ofJob = this.#promised.get(id) ?? new Set();
    ofJob.add(frame);
    this.#promised.set(id, ofJob);
  }

  #checkPromises(): void {
    for (const [id, frames] of this.#promised) {
      const job = this.state?.jobs.get(id);
      if (!job) continue;
      for (const frame of frames) {
        const is = job.board?.state(job.board.indexOf(frame));
        must(is === 'done', () => `frame ${frame} of ${id} was done, and is ${is}`);
      }
    }
  }

  /** A manager that started now would know what this one knows. */
  #checkRebuilt(state: FarmState, now: number): void {
    const memory = inOrder(portrait(state));
    const rebuilt = inOrder(portrait(this.#mirror.rebuild('again', now)));
    must(memory === rebuilt, () => `the farm in the database differs ${firstDifference(memory, rebuilt)}`);
  }
}

// JSON with the keys of each object in order, which means nothing in a row.
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 120);
  return `at "${a.slice(from, at + 80)}" in memory, "${b.slice(from, at + 80)}" on disk`;
}

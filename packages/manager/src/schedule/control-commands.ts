import type { CommandOf } from './command.ts';
import type { FarmState, WorkerEntry } from './farm-state.ts';
import { findJob, keepInOrder } from './job-life.ts';
import type { Outcome } from './outcome.ts';
import { recountUses } from './resources.ts';
import { showJob, showWorker } from './show.ts';
import { parseHours } from './sleep/hours.ts';
import { sleepOrWake } from './sleep/sleep-or-wake.ts';
import { findWorker } from './worker-commands.ts';

/** Counts for what is handed out from now on; what is under way goes on, counted by what the job uses now. */
export function changeJob(
  state: FarmState,
  command: CommandOf<'change-job'>,
  now: number,
  outcome: Outcome,
): void {
  const job = findJob(state, command.job);
  const { change } = command;
  const usedBefore = job.uses;
  if (change.afterJob) findJob(state, change.afterJob);
  for (const key of ['priority', 'tags', 'needs', 'maxSlots', 'uses', 'afterJob', 'afterTime'] as const)
    if (change[key] !== undefined) Object.assign(job, { [key]: change[key] });
  if (change.uses !== undefined) recountUses(state, job, usedBefore, outcome);
  keepInOrder(state, job);
  outcome.job(job);
  outcome.reply(command.request, showJob(state, job, now));
}

export function changeWorker(
  state: FarmState,
  command: CommandOf<'change-worker'>,
  now: number,
  outcome: Outcome,
): void {
  const worker = findWorker(state, command.worker);
  const { sleep } = command.settings;
  if (sleep) parseHours(sleep);
  const given = Object.entries(command.settings).filter(([, value]) => value !== undefined);
  worker.settings = { ...worker.settings, ...Object.fromEntries(given) };
  sleepOrWake(state, worker, now, outcome);
  outcome.worker(worker);
  outcome.reply(command.request, showWorker(state, worker));
}

/** No longer sick, and no job avoids it. */
export function forgive(
  state: FarmState,
  command: CommandOf<'forgive'>,
  now: number,
  outcome: Outcome,
): void {
  const worker = findWorker(state, command.worker);
  forgiveWorker(worker, now);
  for (const job of state.open)
    if (job.machineProblems.delete(command.worker)) {
      outcome.jobs.add(job.id);
      outcome.heads.add(job.id);
    }
  outcome.worker(worker);
  outcome.reply(command.request, showWorker(state, worker));
}

export function forgiveWorker(worker: WorkerEntry, now: number): void {
  worker.sick = null;
  worker.blames.clear();
  if (worker.state !== 'sick') return;
  worker.state = worker.draining ? 'draining' : 'idle';
  worker.since = now;
}

import { FarmError, formatFrames, type JobEvent, jobStates, move, type Problem } from '@akashganga/protocol';
import type { FarmState, JobEntry } from './farm-state.ts';
import { closeJobLeases } from './leases.ts';
import { noticeOfJob } from './notices.ts';
import { byTurn } from './order/ready-jobs.ts';
import type { Outcome } from './outcome.ts';

/** The job, or the problem `job.unknown`. */
export function findJob(state: FarmState, id: string): JobEntry {
  const job = state.jobs.get(id);
  if (!job) throw new FarmError('job.unknown', { job: id });
  return job;
}

const WANTED: Partial<Record<JobEvent, string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'canceled',
  retry: 'retried',
};

/** The state that `event` leads to, or the problem `job.wrong-state`. */
export function mustMove(job: JobEntry, event: JobEvent): JobEntry['state'] {
  const next = move(jobStates, job.state, event);
  if (next === null)
    throw new FarmError('job.wrong-state', { job: job.id, state: job.state, wanted: WANTED[event] ?? event });
  return next;
}

/** Moves a job by the table, or throws `job.wrong-state`. */
export function moveJob(
  state: FarmState,
  job: JobEntry,
  event: JobEvent,
  now: number,
  outcome: Outcome,
): void {
  const next = mustMove(job, event);
  job.state = next;
  job.endedAt = next === 'completed' || next === 'failed' || next === 'canceled' ? now : null;
  if (job.endedAt !== null) job.ownPaces.clear();
  if (next === 'active') job.startedAt ??= now;
  keepInOrder(state, job);
  outcome.job(job);
  if (next === 'completed' || next === 'failed') outcome.notice(noticeOfJob(job, now));
}

/** Puts the job where its state and priority say: into the open list, by priority and then age, or out of it. */
export function keepInOrder(state: FarmState, job: JobEntry): void {
  const at = state.open.indexOf(job);
  if (at >= 0) state.open.splice(at, 1);
  if (job.state !== 'queued' && job.state !== 'active') return;
  const before = state.open.findIndex((other) => byTurn(other, job) > 0);
  state.open.splice(before < 0 ? state.open.length : before, 0, job);
}

/** The job cannot go on; its frames under way are given up, what is done stays. */
export function failJob(
  state: FarmState,
  job: JobEntry,
  problem: Problem,
  now: number,
  outcome: Outcome,
): void {
  if (move(jobStates, job.state, 'fail') === null) return;
  closeJobLeases(state, job, 'return', outcome);
  job.problem = problem;
  moveJob(state, job, 'fail', now, outcome);
}

/** Looks whether all frames have ended, and if so asks for the film or ends the job. */
export function settleJob(state: FarmState, job: JobEntry, now: number, outcome: Outcome): void {
  const board = job.board;
  if (!board || (job.state !== 'active' && job.state !== 'paused')) return;
  if (board.count('done') + board.count('failed') < board.size) return;
  const failed = board.count('failed');
  if (failed > 0 && (job.film.settings.strict === true || failed === board.size))
    return failJob(state, job, framesFailed(job), now, outcome);
  if (job.film.settings.none === true) return endWithFrames(state, job, now, outcome);
  if (job.film.state === 'none') {
    job.film = { ...job.film, state: 'waiting', marked: failed > 0 ? formatFrames(failedFrames(job)) : null };
    outcome.job(job);
  }
}

/** The film is there or none is wanted, which ends the job: completed, or failed if frames of it are lacking. */
export function endWithFrames(state: FarmState, job: JobEntry, now: number, outcome: Outcome): void {
  if ((job.board?.count('failed') ?? 0) > 0) return failJob(state, job, framesFailed(job), now, outcome);
  moveJob(state, job, 'complete', now, outcome);
}

/** The film cannot be made. Where frames failed, mending those comes first. */
export function endWithoutFilm(
  state: FarmState,
  job: JobEntry,
  problem: Problem,
  now: number,
  outcome: Outcome,
): void {
  const failed = job.board?.count('failed') ?? 0;
  failJob(state, job, failed > 0 ? framesFailed(job) : problem, now, outcome);
}

function failedFrames(job: JobEntry): number[] {
  const failed: number[] = [];
  for (let index = 0; job.board && index < job.board.size; index += 1)
    if (job.board.state(index) === 'failed') failed.push(job.board.numbers[index] ?? 0);
  return failed;
}

function framesFailed(job: JobEntry): Problem {
  const failed = failedFrames(job);
  const frames = formatFrames(failed);
  const says = new FarmError('job.frames-failed', {
    count: failed.length,
    total: job.board?.size ?? 0,
    frames: frames.length > 200 ? `${frames.slice(0, 200)}…` : frames,
    film: job.film.state === 'done',
    job: job.id,
  }).says;
  return { code: 'job.frames-failed', says };
}

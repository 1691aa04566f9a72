import { FarmError, parseFrames } from '@akashganga/protocol';
import type { CommandOf } from './command.ts';
import type { FarmState, JobEntry } from './farm-state.ts';
import { checkFilm, newFilm, unmade } from './film-commands.ts';
import { freshJob } from './fresh.ts';
import { findJob, keepInOrder, moveJob, mustMove, settleJob } from './job-life.ts';
import { closeJobLeases, narrowLease } from './leases.ts';
import type { Outcome } from './outcome.ts';
import { showJob } from './show.ts';

export function submit(state: FarmState, command: CommandOf<'submit'>, now: number, outcome: Outcome): void {
  const { job: asked, id } = command;
  const known = state.jobs.get(id);
  if (known) {
    // Sent again because the first answer was lost.
    outcome.reply(command.request, showJob(state, known, now));
    return;
  }
  if (asked.frames !== null) parseFrames(asked.frames);
  checkFilm(asked);
  if (asked.afterJob !== null) findJob(state, asked.afterJob);
  const job: JobEntry = {
    id,
    name: asked.name,
    submitter: asked.submitter,
    createdAt: now,
    scene: asked.scene,
    settings: asked.settings,
    ...{
      tags: asked.tags,
      needs: asked.needs,
      maxSlots: asked.maxSlots,
      uses: asked.uses,
      order: asked.order,
    },
    ...{ afterJob: asked.afterJob, afterTime: asked.afterTime, aloneUpTo: 0, tooSmall: 0 },
    looksFirst: asked.lookFirst,
    chunk: asked.chunk,
    slowMotion: asked.slowMotion,
    askedFrames: asked.frames,
    askedFps: asked.fps,
    priority: asked.priority,
    state: asked.paused ? 'paused' : 'queued',
    startedAt: null,
    endedAt: null,
    frameSpec: null,
    board: null,
    film: newFilm(asked),
    probe: null,
    problem: null,
    frameServer: null,
    moved: null,
    ...freshJob(),
    frameSeconds: null,
    peakMemory: null,
    oddFrames: [],
  };
  state.jobs.set(id, job);
  keepInOrder(state, job);
  outcome.job(job);
  outcome.reply(command.request, showJob(state, job, now));
}

/** No more is handed out. Frames under way are finished, or stopped and rendered anew later. */
export function pause(state: FarmState, command: CommandOf<'pause'>, now: number, outcome: Outcome): void {
  const job = findJob(state, command.job);
  moveJob(state, job, 'pause', now, outcome);
  if (command.isAtOnce) closeJobLeases(state, job, 'return', outcome);
  outcome.reply(command.request, showJob(state, job, now));
}

export function resume(state: FarmState, command: CommandOf<'resume'>, now: number, outcome: Outcome): void {
  const job = findJob(state, command.job);
  moveJob(state, job, 'resume', now, outcome);
  if (job.board) moveJob(state, job, 'probed', now, outcome);
  settleJob(state, job, now, outcome);
  outcome.reply(command.request, showJob(state, job, now));
}

export function cancel(state: FarmState, command: CommandOf<'cancel'>, now: number, outcome: Outcome): void {
  const job = findJob(state, command.job);
  cancelJob(state, job, now, outcome);
  outcome.reply(command.request, showJob(state, job, now));
}

function cancelJob(state: FarmState, job: JobEntry, now: number, outcome: Outcome): void {
  moveJob(state, job, 'cancel', now, outcome);
  outcome.manyFrames(job);
  closeJobLeases(state, job, 'cancel', outcome);
  for (let index = 0; job.board && index < job.board.size; index += 1)
    if (job.board.state(index) !== 'failed' && job.board.apply(index, 'cancel'))
      outcome.frame(job, index, null);
  if (job.film.state !== 'done') job.film = { ...job.film, state: 'none' };
  // Once more, because a canceled job is shown from what is kept of it: with the counts of now.
  outcome.job(job);
}

export function deleteJob(
  state: FarmState,
  command: CommandOf<'delete'>,
  now: number,
  outcome: Outcome,
): void {
  const job = findJob(state, command.job);
  if (job.state !== 'completed' && job.state !== 'canceled') cancelJob(state, job, now, outcome);
  state.jobs.delete(job.id);
  outcome.fact({ kind: 'job-deleted', job: job.id, frameServer: job.frameServer });
  if (job.frameServer !== null) state.frameServers.get(job.frameServer)?.forget.add(job.id);
  outcome.removedJobs.push(job.id);
  outcome.reply(command.request, { deleted: true });
}

/**
 * Failed and canceled frames wait again; with `frames`, those are rendered again even when they are done.
 * What was canceled comes back in either case, since a job with canceled frames could never end.
 */
export function retry(state: FarmState, command: CommandOf<'retry'>, now: number, outcome: Outcome): void {
  const job = findJob(state, command.job);
  const indices = retryIndices(job, command.frames);
  mustMove(job, 'retry');
  job.problem = null;
  job.machineProblems.clear();
  Object.assign(job, { aloneUpTo: 0, tooSmall: 0, probeFailures: 0 });
  if (job.board) {
    outcome.manyFrames(job);
    for (const index of indices) retryFrame(state, job, index, outcome);
    if (job.film.state !== 'none') job.film = { ...job.film, ...unmade };
  }
  moveJob(state, job, 'retry', now, outcome);
  if (!job.board) probeAgain(state, job, outcome);
  settleJob(state, job, now, outcome);
  outcome.reply(command.request, showJob(state, job, now));
}

/** A job that ended in its probe goes back to before it; a paused one waits for `resume` anyway. */
function probeAgain(state: FarmState, job: JobEntry, outcome: Outcome): void {
  if (job.state !== 'active') return;
  job.state = 'queued';
  keepInOrder(state, job);
  outcome.job(job);
}

function retryIndices(job: JobEntry, spec: string | null): number[] {
  const board = job.board;
  if (!board) return [];
  const all = Array.from({ length: board.size }, (_, index) => index);
  if (spec === null)
    return all.filter((index) => board.state(index) === 'failed' || board.state(index) === 'canceled');
  const asked = new Set(all.filter((index) => board.state(index) === 'canceled'));
  for (const frame of parseFrames(spec)) {
    const index = board.indexOf(frame);
    if (index < 0) throw new FarmError('frame.unknown', { job: job.id, frame });
    asked.add(index);
  }
  return [...asked];
}

function retryFrame(state: FarmState, job: JobEntry, index: number, outcome: Outcome): void {
  if (!job.board) return;
  const before = job.board.state(index);
  const failures = job.board.failures(index);
  if (!job.board.apply(index, 'retry')) return;
  const frame = job.board.numbers[index] ?? 0;
  outcome.frame(job, index, null);
  // Nothing ever happened to it, so nothing is kept of it: a million canceled frames cost no row.
  if (before === 'canceled' && failures === 0) return;
  job.replacing.add(frame);
  job.hasty.delete(index);
  for (const id of job.leases) {
    const lease = state.leases.get(id);
    if (lease?.frames.includes(frame)) narrowLease(state, lease, outcome);
  }
  outcome.fact({
    kind: 'frame',
    job: job.id,
    frame,
    state: 'waiting',
    failures: 0,
    worker: null,
    digest: null,
    size: null,
    seconds: null,
    memory: null,
    at: null,
  });
}

export function setPriority(
  state: FarmState,
  command: CommandOf<'set-priority'>,
  now: number,
  outcome: Outcome,
): void {
  const job = findJob(state, command.job);
  job.priority = command.priority;
  keepInOrder(state, job);
  outcome.job(job);
  outcome.reply(command.request, showJob(state, job, now));
}

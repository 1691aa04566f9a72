import { FarmError, finishedJobStates } from '@akashganga/protocol';
import type { CommandOf } from './command.ts';
import type { FarmState, FrameServerEntry, JobEntry } from './farm-state.ts';
import { seek } from './kept-frames.ts';
import { closeJobLeases } from './leases.ts';
import { answerGather } from './order-films.ts';
import type { Outcome } from './outcome.ts';

/** Jobs of frame servers that did not answer for too long go to others. To be called each second. */
export function leaveGoneFrameServers(state: FarmState, now: number, outcome: Outcome): void {
  for (const entry of state.frameServers.values()) {
    if (entry.reachable) continue;
    const isOverdue = entry.isGone || now - entry.seenAt >= state.patienceMs;
    if (isOverdue && isAnotherHere(state, entry)) moveJobs(state, entry, now, outcome);
  }
}

/** A person says that it will not come back. Its unfinished jobs go to another one at once. */
export function removeFrameServer(
  state: FarmState,
  command: CommandOf<'remove-frame-server'>,
  now: number,
  outcome: Outcome,
): void {
  const entry = state.frameServers.get(command.frameServer);
  if (!entry) throw new FarmError('frame-server.unknown', { frameServer: command.frameServer });
  const { id, name } = entry.hello;
  if (!isAnotherHere(state, entry) && unfinishedJobs(state, id).length > 0)
    throw new FarmError('farm.last-frame-server', { name });
  if (state.gathering.has(id)) answerGather(state, id, outcome);
  Object.assign(entry, { reachable: false, isGone: true });
  outcome.frameServers.add(id);
  outcome.reply(command.request, { moved: moveJobs(state, entry, now, outcome) });
}

function isAnotherHere(state: FarmState, but: FrameServerEntry): boolean {
  return [...state.frameServers.values()].some((entry) => entry !== but && entry.reachable);
}

function unfinishedJobs(state: FarmState, frameServer: string): JobEntry[] {
  return [...state.jobs.values()].filter(
    (job) => job.frameServer === frameServer && !finishedJobStates.includes(job.state),
  );
}

function moveJobs(state: FarmState, entry: FrameServerEntry, now: number, outcome: Outcome): string[] {
  const jobs = unfinishedJobs(state, entry.hello.id);
  for (const job of jobs) moveJob(state, job, entry, now, outcome);
  return jobs.map((job) => job.id);
}

/**
 * The job's next frame server is chosen like its first. What was done is so no more; frames under way go on, and find
 * their way there. Should the old one come back, it deletes what it has.
 */
function moveJob(
  state: FarmState,
  job: JobEntry,
  entry: FrameServerEntry,
  now: number,
  outcome: Outcome,
): void {
  const { board } = job;
  const lost = board?.count('done') ?? 0;
  job.frameServer = null;
  if (job.film.state !== 'none')
    job.film = { ...job.film, state: 'none', digest: null, size: null, frames: null };
  entry.forget.add(job.id);
  job.left.add(entry.hello.id);
  outcome.fact({ kind: 'forget', frameServer: entry.hello.id, job: job.id });
  // It ends at once where the old one still answers, and its frames are waited for there.
  if (entry.isGone) closeJobLeases(state, job, 'return', outcome);
  if (board && lost > 0) {
    outcome.manyFrames(job);
    for (let index = 0; index < board.size; index += 1) {
      if (board.state(index) !== 'done') continue;
      board.apply(index, 'retry');
      outcome.frame(job, index, null);
    }
    job.moved = { from: entry.hello.name, at: now, frames: lost };
    job.oddFrames = [];
    outcome.fact({ kind: 'frames-lost', job: job.id });
    seek(state, job, now, outcome);
  }
  outcome.job(job);
}

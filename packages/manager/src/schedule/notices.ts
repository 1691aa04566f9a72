import type { Notice, Problem } from '@akashganga/protocol';
import type { JobEntry, WorkerEntry } from './farm-state.ts';

/** What people outside are told of a job that has just ended. */
export function noticeOfJob(job: JobEntry, now: number): Notice {
  const { id, name, submitter, board, problem } = job;
  const counts = board?.counts();
  const frames = { total: counts?.total ?? 0, done: counts?.done ?? 0, failed: counts?.failed ?? 0 };
  const isDone = job.state === 'completed';
  return {
    event: isDone ? 'job.done' : 'job.failed',
    at: now,
    job: { id, name, submitter, frames },
    worker: null,
    problem: isDone ? null : shortOf(problem),
  };
}

/** What they are told of a worker that is given nothing for a while. */
export function noticeOfWorker(worker: WorkerEntry, problem: Problem, now: number): Notice {
  const { id, name } = worker.hello;
  return { event: 'worker.sick', at: now, job: null, worker: { id, name }, problem: shortOf(problem) };
}

function shortOf(problem: Problem | null): Notice['problem'] {
  return problem && { code: problem.code, says: problem.says };
}

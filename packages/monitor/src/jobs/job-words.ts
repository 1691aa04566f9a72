import type { Job, JobState } from '@akashganga/protocol';
import type { IconName } from '../icons/icon.tsx';

export interface StateLook {
  readonly says: string;
  readonly icon: IconName;
  readonly tone: 'calm' | 'busy' | 'good' | 'bad' | 'off';
}

const looks: Readonly<Record<JobState, StateLook>> = {
  queued: { says: 'Queued', icon: 'clock', tone: 'calm' },
  active: { says: 'Rendering', icon: 'star', tone: 'busy' },
  paused: { says: 'Paused', icon: 'pause', tone: 'off' },
  completed: { says: 'Done', icon: 'check', tone: 'good' },
  failed: { says: 'Failed', icon: 'warning', tone: 'bad' },
  canceled: { says: 'Canceled', icon: 'cross', tone: 'off' },
};

/** A job's state as people would say it: an active job of which nothing is in hand waits. */
export function jobLook(job: Job): StateLook {
  const { frames, film } = job;
  if (job.state === 'queued' && job.probe === null && job.startedAt !== null)
    return { ...looks.queued, says: 'Reading the scene' };
  if (job.state !== 'active') return looks[job.state];
  if (frames.leased + frames.rendering + frames.delivering > 0) return looks.active;
  if (frames.total > 0 && frames.waiting === 0 && film.state === 'encoding')
    return { says: 'Making the film', icon: 'film', tone: 'busy' };
  return { says: 'Waiting', icon: 'hourglass', tone: 'calm' };
}

export type JobAction = 'pause' | 'resume' | 'cancel' | 'retry' | 'delete';

/** What may be done with a job as it is, in the order in which it is offered. */
export function jobActions({ state, frames }: Job): JobAction[] {
  const actions: JobAction[] = [];
  if (state === 'queued' || state === 'active') actions.push('pause');
  if (state === 'paused') actions.push('resume');
  if (state !== 'queued' && frames.failed + frames.canceled > 0) actions.push('retry');
  if (state === 'queued' || state === 'active' || state === 'paused') actions.push('cancel');
  actions.push('delete');
  return actions;
}

export const jobSorts = ['newest', 'priority', 'name', 'progress', 'left'] as const;
export type JobSort = (typeof jobSorts)[number];

export const jobSortWords: Readonly<Record<JobSort, string>> = {
  newest: 'Newest first',
  priority: 'By priority',
  name: 'By name',
  progress: 'Most done first',
  left: 'Least time left first',
};

/** The jobs in another order; those alike stay as they were. */
export function sortJobs(jobs: readonly Job[], sort: JobSort): readonly Job[] {
  if (sort === 'newest') return jobs;
  return [...jobs].sort(orders[sort]);
}

const byName = new Intl.Collator('en', { numeric: true });

const orders: Readonly<Record<Exclude<JobSort, 'newest'>, (a: Job, b: Job) => number>> = {
  priority: (a, b) => b.priority - a.priority,
  name: (a, b) => byName.compare(a.name, b.name),
  progress: (a, b) => doneShare(b) - doneShare(a),
  left: (a, b) => (a.secondsLeft ?? Number.MAX_VALUE) - (b.secondsLeft ?? Number.MAX_VALUE),
};

function doneShare({ frames }: Job): number {
  return frames.total === 0 ? 0 : frames.done / frames.total;
}

export const jobFilters = ['all', 'open', 'finished', 'trouble'] as const;
export type JobFilter = (typeof jobFilters)[number];

export const jobFilterWords: Readonly<Record<JobFilter, string>> = {
  all: 'All',
  open: 'Open',
  finished: 'Finished',
  trouble: 'Trouble',
};

/** Whether a job is to be shown. The text is looked for in names, people and tags. */
export function passes(job: Job, filter: JobFilter, text: string): boolean {
  const sought = text.trim().toLowerCase();
  const words = [job.name, job.submitter, ...job.tags].join('\n').toLowerCase();
  return isIn(job, filter) && (sought === '' || words.includes(sought));
}

function isIn(job: Job, filter: JobFilter): boolean {
  if (filter === 'open') return ['queued', 'active', 'paused'].includes(job.state);
  if (filter === 'finished') return job.state === 'completed' || job.state === 'canceled';
  if (filter === 'trouble') return job.state === 'failed' || job.problem !== null || job.frames.failed > 0;
  return true;
}

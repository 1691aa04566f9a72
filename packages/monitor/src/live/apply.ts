import type { FarmSummary, FrameServer, FrameState, Job, Worker } from '@akashganga/protocol';
import type { JobPage } from '../api/farm-api.ts';

// How gathered changes become the next state of what the page knows. Things that did not change keep their
// identity, so that only rows with news are drawn again.

/** The newest first, as the farm lists them. Jobs older than the loaded part of the list are left out of it. */
export function applyJobs(page: JobPage, changes: ReadonlyMap<string, Job | null>): JobPage {
  if (changes.size === 0) return page;
  const rest = new Map(changes);
  const kept = page.jobs.flatMap((job) => {
    const change = rest.get(job.id);
    rest.delete(job.id);
    if (change === undefined) return [job];
    return change === null ? [] : [change];
  });
  const oldest = page.jobs.at(-1)?.createdAt ?? 0;
  const fresh = [...rest.values()].filter(
    (job): job is Job => job !== null && (!page.more || job.createdAt >= oldest),
  );
  if (fresh.length === 0) return { ...page, jobs: kept };
  return { ...page, jobs: [...kept, ...fresh].sort((a, b) => b.createdAt - a.createdAt) };
}

/** By name, as the farm lists them. */
export function applyWorkers(workers: Worker[], changes: ReadonlyMap<string, Worker | null>): Worker[] {
  if (changes.size === 0) return workers;
  const rest = new Map(changes);
  let isSorted = true;
  const kept = workers.flatMap((worker) => {
    const change = rest.get(worker.id);
    rest.delete(worker.id);
    if (change === undefined) return [worker];
    if (change === null) return [];
    isSorted &&= change.name === worker.name;
    return [change];
  });
  const fresh = [...rest.values()].filter((worker) => worker !== null);
  if (isSorted && fresh.length === 0) return kept;
  return [...kept, ...fresh].sort((a, b) => byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
}

/** Much quicker than `localeCompare`, which looks the language up for each two names. */
const byName = new Intl.Collator();

export function applyFrameServers(farm: FarmSummary, changes: ReadonlyMap<string, FrameServer>): FarmSummary {
  if (changes.size === 0) return farm;
  const all = new Map(farm.frameServers.map((server) => [server.id, server]));
  for (const [id, change] of changes) all.set(id, change);
  return { ...farm, frameServers: [...all.values()] };
}

/** The frame of each job that was done last, by job. */
export type LatestFrames = Readonly<Record<string, number>>;

export function applyLatest(
  latest: LatestFrames,
  frames: ReadonlyMap<string, ReadonlyMap<number, FrameState>>,
): LatestFrames {
  let next: Record<string, number> | null = null;
  for (const [job, changes] of frames) {
    let last: number | null = null;
    for (const [frame, state] of changes) if (state === 'done') last = frame;
    if (last === null || latest[job] === last) continue;
    next ??= { ...latest };
    next[job] = last;
  }
  return next ?? latest;
}

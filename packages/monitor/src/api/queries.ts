import type { FarmSummary, Job, Worker } from '@akashganga/protocol';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { applyFrameServers, applyJobs, applyLatest, applyWorkers, type LatestFrames } from '../live/apply.ts';
import type { Changes } from '../live/changes.ts';
import { farmApi, type JobPage } from './farm-api.ts';

// What the page knows of the farm. It is read once and then kept true by events, hence never stale by age.

const FIRST_JOBS = 200;
const MOST_JOBS = 1000;

export const known = {
  farm: ['farm'],
  jobs: ['jobs'],
  workers: ['workers'],
  latest: ['latest-frames'],
  job: (id: string) => ['job', id],
} as const;

export function useFarm() {
  return useQuery({ queryKey: known.farm, queryFn: ({ signal }) => farmApi.summary(signal) });
}

export function useJobs(client: QueryClient) {
  return useQuery({
    queryKey: known.jobs,
    // Reading again keeps as much of the list as was loaded.
    queryFn: ({ signal }) => {
      const loaded = client.getQueryData<JobPage>(known.jobs)?.jobs.length ?? 0;
      return farmApi.jobs(Math.min(MOST_JOBS, Math.max(FIRST_JOBS, loaded)), undefined, signal);
    },
  });
}

export function useWorkers() {
  return useQuery({
    queryKey: known.workers,
    queryFn: async ({ signal }) => (await farmApi.workers(signal)).workers,
  });
}

/** One job; shown at once when the list has it. */
export function useJob(client: QueryClient, id: string) {
  return useQuery({
    queryKey: known.job(id),
    queryFn: ({ signal }) => farmApi.job(id, signal),
    initialData: () => client.getQueryData<JobPage>(known.jobs)?.jobs.find((job) => job.id === id),
  });
}

/** The frame done last in a job, as far as events told. */
export function useLatestTold(id: string): number | null {
  const { data } = useQuery<LatestFrames, Error, number | null>({
    queryKey: known.latest,
    queryFn: () => ({}),
    initialData: {},
    select: (latest) => latest[id] ?? null,
  });
  return data ?? null;
}

/** Adds the jobs that follow the loaded ones. */
export async function loadOlderJobs(client: QueryClient): Promise<void> {
  const page = client.getQueryData<JobPage>(known.jobs);
  const before = page?.jobs.at(-1)?.createdAt;
  if (before === undefined) return;
  const older = await farmApi.jobs(FIRST_JOBS, before);
  client.setQueryData<JobPage>(known.jobs, (now) => {
    if (!now) return older;
    const have = new Set(now.jobs.map((job) => job.id));
    return { jobs: [...now.jobs, ...older.jobs.filter((job) => !have.has(job.id))], more: older.more };
  });
}

/** Puts gathered changes into what the page knows: one render for all of them. */
export function putChanges(client: QueryClient, changes: Changes): void {
  client.setQueryData<JobPage>(known.jobs, (page) => page && applyJobs(page, changes.jobs));
  client.setQueryData<Worker[]>(
    known.workers,
    (workers) => workers && applyWorkers(workers, changes.workers),
  );
  client.setQueryData<FarmSummary>(
    known.farm,
    (farm) => farm && applyFrameServers(farm, changes.frameServers),
  );
  client.setQueryData<LatestFrames>(known.latest, (latest) => applyLatest(latest ?? {}, changes.frames));
  for (const [id, job] of changes.jobs) {
    if (job === null) client.removeQueries({ queryKey: known.job(id) });
    else client.setQueryData<Job>(known.job(id), (old) => old && job);
  }
}

/**
 * Reads everything again that is on the screen, and forgets the rest, which is read when it is shown. Rejects when the
 * farm does not answer.
 */
export async function readAgain(client: QueryClient): Promise<void> {
  client.removeQueries({ type: 'inactive', predicate: isOfFarm });
  await client.refetchQueries({ type: 'active', predicate: isOfFarm }, { throwOnError: true });
}

function isOfFarm({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== known.latest[0];
}

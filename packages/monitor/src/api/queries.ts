import type { FarmSummary, Job, Worker } from '@akashganga/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { applyFrameServers, applyJobs, applyLatest, applyWorkers, type LatestFrames } from '../live/apply.ts';
import type { Changes } from '../live/changes.ts';
import { NewsSince } from '../live/news-since.ts';
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

/** An answer that was overtaken by events is brought up to them. */
const news = new NewsSince();

export function useFarm() {
  return useQuery(farmQuery);
}

export const farmQuery = queryOptions({
  queryKey: known.farm,
  queryFn: ({ signal }) =>
    news.on(
      () => farmApi.summary(signal),
      (farm, { frameServers }) => applyFrameServers(farm, frameServers),
    ),
});

export function useJobs(client: QueryClient) {
  return useQuery(jobsQuery(client));
}

export function jobsQuery(client: QueryClient) {
  return queryOptions({
    queryKey: known.jobs,
    // Reading again keeps as much of the list as was loaded.
    queryFn: ({ signal }) => {
      const loaded = client.getQueryData<JobPage>(known.jobs)?.jobs.length ?? 0;
      const most = Math.min(MOST_JOBS, Math.max(FIRST_JOBS, loaded));
      return news.on(
        () => farmApi.jobs(most, undefined, signal),
        (page, { jobs }) => applyJobs(page, jobs),
      );
    },
  });
}

export function useWorkers() {
  return useQuery(workersQuery);
}

export const workersQuery = queryOptions({
  queryKey: known.workers,
  queryFn: ({ signal }) =>
    news.on(
      async () => (await farmApi.workers(signal)).workers,
      (all, { workers }) => applyWorkers(all, workers),
    ),
});

/** One job; shown at once when the list has it. */
export function useJob(client: QueryClient, id: string) {
  return useQuery({
    ...jobQuery(id),
    initialData: () => client.getQueryData<JobPage>(known.jobs)?.jobs.find((job) => job.id === id),
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: known.job(id),
    queryFn: ({ signal }) =>
      news.on(
        () => farmApi.job(id, signal),
        (job, { jobs }) => jobs.get(id) ?? job,
      ),
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
  const older = await news.on(
    () => farmApi.jobs(FIRST_JOBS, before),
    (page, { jobs }) => applyJobs(page, jobs),
  );
  client.setQueryData<JobPage>(known.jobs, (now) => {
    if (!now) return older;
    const have = new Set(now.jobs.map((job) => job.id));
    return { jobs: [...now.jobs, ...older.jobs.filter((job) => !have.has(job.id))], more: older.more };
  });
}

/** Puts gathered changes into what the page knows: one render for all of them. */
export function putChanges(client: QueryClient, changes: Changes): void {
  news.note(changes);
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
 * Reads everything again that is on the screen, and forgets the rest, which is read when it is shown. What was asked
 * before is not waited for: its answer may be older than the first event that is told. Rejects when the farm does not
 * answer.
 */
export async function readAgain(client: QueryClient): Promise<void> {
  client.removeQueries({ type: 'inactive', predicate: isOfFarm });
  await client.cancelQueries({
    type: 'active',
    predicate: (query) => isOfFarm(query) && query.state.data === undefined,
  });
  await client.refetchQueries({ type: 'active', predicate: isOfFarm }, { throwOnError: true });
}

function isOfFarm({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== known.latest[0];
}

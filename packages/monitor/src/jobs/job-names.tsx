import type { Job } from '@akashganga/protocol';
import { createContext, type ReactNode, useContext, useRef } from 'react';

const JobNames = createContext<ReadonlyMap<string, string>>(new Map());

/** The name of a job by its id, where `JobNamesFor` stands above. */
export function useJobNames(): ReadonlyMap<string, string> {
  return useContext(JobNames);
}

/** Gives what is below the names of the jobs. Nothing is drawn again as long as the names stay the same. */
export function JobNamesFor({ jobs, children }: { jobs: readonly Job[]; children: ReactNode }) {
  const kept = useRef<ReadonlyMap<string, string>>(new Map());
  if (!isNamed(kept.current, jobs)) kept.current = new Map(jobs.map((job) => [job.id, job.name]));
  return <JobNames value={kept.current}>{children}</JobNames>;
}

function isNamed(names: ReadonlyMap<string, string>, jobs: readonly Job[]): boolean {
  return names.size === jobs.length && jobs.every((job) => names.get(job.id) === job.name);
}

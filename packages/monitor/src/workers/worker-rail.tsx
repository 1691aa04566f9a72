import { Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useJobs, useWorkers } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { JobNamesFor } from '../jobs/job-names.tsx';
import { AddComputer } from './add-computer.tsx';
import { NoWorkers } from './no-workers.tsx';
import { WorkerCard } from './worker-card.tsx';
import styles from './workers.module.css';

/** Beside the jobs only so many; the workers' own page shows all. */
const MOST = 12;

/** The workers beside the jobs. */
export function WorkerRail() {
  const { data: workers, error } = useWorkers();
  const jobs = useJobs(useQueryClient()).data?.jobs ?? [];
  return (
    <section className={styles.rail} aria-label="Workers">
      <div className={styles.head}>
        <h2>Workers</h2>
        <AddComputer />
      </div>
      {error && <p role="alert">{error.message}</p>}
      {!workers && !error && <Skeleton height={120} radius="lg" />}
      {workers?.length === 0 && <NoWorkers />}
      <JobNamesFor jobs={jobs}>
        {workers?.slice(0, MOST).map((worker) => (
          <WorkerCard key={worker.id} worker={worker} />
        ))}
      </JobNamesFor>
      {workers && workers.length > MOST && <a href={links.workers}>See all {workers.length} workers</a>}
    </section>
  );
}

import { JobList } from '../jobs/job-list.tsx';
import { SkyPanel } from '../sky/sky-panel.tsx';
import { WorkerRail } from '../workers/worker-rail.tsx';
import styles from './farm-page.module.css';

/** The page one leaves open: the sky, the jobs, and who works. */
export function FarmPage() {
  return (
    <>
      <SkyPanel />
      <div className={styles.columns}>
        <JobList />
        <WorkerRail />
      </div>
    </>
  );
}

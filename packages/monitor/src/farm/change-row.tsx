import type { Change } from '@akashganga/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useJobs, useWorkers } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { Ago } from '../words/ago.tsx';
import { changeWords, detailWords, fromWords } from './change-words.ts';
import styles from './history-page.module.css';

/** Changes have no name of their own. */
export function changeKey({ at, what, job, worker, detail }: Change): string {
  return JSON.stringify([at, what, job, worker, detail]);
}

/** One thing that somebody did to the farm. */
export function ChangeRow({ change }: { change: Change }) {
  const details = detailWords(change);
  return (
    <li>
      <Ago at={change.at} />
      <span>
        <bdi className={styles.who}>{change.by}</bdi>
        {fromWords(change)} {changeWords(change.what)} <Subject change={change} />
        {details !== '' && <bdi className={styles.detail}>{details}</bdi>}
      </span>
    </li>
  );
}

function Subject({ change: { job, worker } }: { change: Change }) {
  const jobs = useJobs(useQueryClient()).data?.jobs;
  const workers = useWorkers().data;
  if (job !== null) {
    return (
      <a href={links.job(job)}>
        <bdi>{jobs?.find((one) => one.id === job)?.name ?? job}</bdi>
      </a>
    );
  }
  if (worker === null) return null;
  return (
    <a href={links.worker(worker)}>
      <bdi>{workers?.find((one) => one.id === worker)?.name ?? worker}</bdi>
    </a>
  );
}

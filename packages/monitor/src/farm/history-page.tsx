import type { Change } from '@akashganga/protocol';
import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useJobs, useWorkers } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { useLive } from '../live/live-context.tsx';
import { Ago } from '../words/ago.tsx';
import { changeWords, detailWords, fromWords } from './change-words.ts';
import styles from './history-page.module.css';
import { LimitsCard } from './limits-card.tsx';

const AT_FIRST = 100;
const AT_MOST = 1000;

/** Who did what to the farm, the newest first, and what the farm has only so many of. */
export function HistoryPage() {
  const [most, setMost] = useState(AT_FIRST);
  const { epoch } = useLive();
  const history = useQuery({
    queryKey: ['history', most, epoch],
    queryFn: ({ signal }) => farmApi.history(most, signal),
    placeholderData: (before) => before,
    refetchInterval: 10_000,
  });
  const changes = history.data?.changes;
  return (
    <div className={styles.page}>
      <section aria-label="History">
        <h1>History</h1>
        <p className={styles.none}>
          <a href={links.people}>People, computers and notices</a>
        </p>
        {history.error && <p role="alert">{history.error.message}</p>}
        {!changes && !history.error && <Skeleton height={240} radius="lg" />}
        {changes?.length === 0 && <p className={styles.none}>Nobody has changed anything yet.</p>}
        <ol className={styles.list}>
          {changes?.map((change) => (
            <Row key={keyOf(change)} change={change} />
          ))}
        </ol>
        {changes?.length === most && most < AT_MOST && (
          <Button variant="subtle" loading={history.isFetching} onClick={() => setMost(AT_MOST)}>
            Show older changes
          </Button>
        )}
      </section>
      <LimitsCard />
    </div>
  );
}

function keyOf({ at, what, job, worker, detail }: Change): string {
  return JSON.stringify([at, what, job, worker, detail]);
}

function Row({ change }: { change: Change }) {
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

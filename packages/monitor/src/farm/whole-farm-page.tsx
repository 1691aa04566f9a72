import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { links } from '../app/route.ts';
import { useLive } from '../live/live-context.tsx';
import { ChangeRow, changeKey } from './change-row.tsx';
import history from './history-page.module.css';
import { LimitsCard } from './limits-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { ThroughputCard } from './throughput-card.tsx';
import styles from './whole-farm-page.module.css';

const LATELY = 12;

/** The farm as a whole: what it gets done, what its disks hold, who did what lately, and its limits. */
export function WholeFarmPage() {
  return (
    <div className={styles.page}>
      <h1>Farm</h1>
      <div className={styles.columns}>
        <div className={styles.column}>
          <ThroughputCard />
          <Lately />
        </div>
        <div className={styles.column}>
          <StorageCard />
          <LimitsCard />
          <p className={styles.more}>
            <a href={links.people}>People, computers and notices</a>
          </p>
        </div>
      </div>
    </div>
  );
}

function Lately() {
  const { epoch } = useLive();
  const { data, error } = useQuery({
    queryKey: ['history', LATELY, epoch],
    queryFn: ({ signal }) => farmApi.history(LATELY, signal),
    refetchInterval: 10_000,
  });
  return (
    <section className={styles.card} aria-label="Lately">
      <div className={styles.heading}>
        <h2>Lately</h2>
        <a href={links.history}>All of the history</a>
      </div>
      {error && <p role="alert">{error.message}</p>}
      {!data && !error && <Skeleton height={120} radius="lg" />}
      {data?.changes.length === 0 && <p>Nobody has changed anything yet.</p>}
      <ol className={history.list}>
        {data?.changes.map((change) => (
          <ChangeRow key={changeKey(change)} change={change} />
        ))}
      </ol>
    </section>
  );
}

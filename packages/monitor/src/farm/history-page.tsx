import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { links } from '../app/route.ts';
import { useLive } from '../live/live-context.tsx';
import { ChangeRow, changeKey } from './change-row.tsx';
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
            <ChangeRow key={changeKey(change)} change={change} />
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

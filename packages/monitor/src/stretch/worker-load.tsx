import type { Worker, WorkerUsage } from '@akashganga/protocol';
import { Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useLive } from '../live/live-context.tsx';
import { bytes, speed } from '../words/amount.ts';
import { type FarBack, HowFarBack } from './how-far-back.tsx';
import { StretchChart } from './stretch-chart.tsx';
import styles from './worker-load.module.css';

const RENEW_MS = 10_000;

/** How busy the worker was in the last hour or day, its cache, and how fast its way to the farm is. */
export function WorkerLoad({ worker }: { worker: Worker }) {
  const [of, setOf] = useState<FarBack>('hour');
  const { epoch } = useLive();
  const load = useQuery({
    queryKey: ['worker-load', worker.id, epoch],
    queryFn: ({ signal }) => farmApi.workerLoad(worker.id, signal),
    placeholderData: keepPreviousData,
    refetchInterval: RENEW_MS,
  });
  const stretch = load.data?.[of];
  return (
    <section className={styles.card} aria-label="Load">
      <div className={styles.heading}>
        <h2>Load</h2>
        <HowFarBack of={of} onChange={setOf} />
      </div>
      {load.error && <p role="alert">{load.error.message}</p>}
      {!load.data && !load.error && <Skeleton height={150} radius="lg" />}
      {stretch && (
        <StretchChart
          title="Slots at work"
          columns={{ from: stretch.from, eachMs: stretch.eachMs, values: stretch.busy }}
          line={{ says: 'The broken line is how many it has.', values: stretch.busy.map(() => worker.slots) }}
          say={(value) => `${speed(value)} ${value === 1 ? 'slot' : 'slots'}`}
        />
      )}
      {load.data?.usage && <Usage usage={load.data.usage} />}
    </section>
  );
}

function Usage({ usage: { cacheBytes, cacheLimit, sends, fetches } }: { usage: WorkerUsage }) {
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Cache</dt>
        <dd>
          {bytes(cacheBytes)} of {bytes(cacheLimit)}
        </dd>
      </div>
      <div>
        <dt>Fetches at</dt>
        <dd>{fetches === null ? 'nothing large was fetched yet' : `${bytes(fetches)}/s`}</dd>
      </div>
      <div>
        <dt>Delivers at</dt>
        <dd>
          {sends === null
            ? 'nothing large was delivered yet'
            : `${bytes(sends)}/s, with the frame server’s check`}
        </dd>
      </div>
    </dl>
  );
}

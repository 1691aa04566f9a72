import type { WorkStretch } from '@akashganga/protocol';
import { Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useLive } from '../live/live-context.tsx';
import { type FarBack, HowFarBack } from '../stretch/how-far-back.tsx';
import { StretchChart } from '../stretch/stretch-chart.tsx';
import { sumOf } from '../stretch/stretch-words.ts';
import { bytes, count, speed } from '../words/amount.ts';
import styles from './whole-farm-page.module.css';

const RENEW_MS = 10_000;

/** Frames done and slots at work, in the last hour or day. */
export function ThroughputCard() {
  const [of, setOf] = useState<FarBack>('hour');
  const { epoch } = useLive();
  const throughput = useQuery({
    queryKey: ['throughput', epoch],
    queryFn: ({ signal }) => farmApi.throughput(signal),
    placeholderData: keepPreviousData,
    refetchInterval: RENEW_MS,
  });
  const { data, error } = throughput;
  return (
    <section className={styles.card} aria-label="Throughput">
      <div className={styles.heading}>
        <h2>Throughput</h2>
        <HowFarBack of={of} onChange={setOf} />
      </div>
      {error && <p role="alert">{error.message}</p>}
      {!data && !error && <Skeleton height={260} radius="lg" />}
      {data && (
        <>
          <dl className={styles.figures}>
            <Figure name="in the last hour" stretch={data.hour} />
            <Figure name="in the last day" stretch={data.day} />
          </dl>
          <Charts stretch={data[of]} of={of} />
        </>
      )}
    </section>
  );
}

function Figure({ name, stretch }: { name: string; stretch: WorkStretch }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {count(sumOf(stretch.frames), 'frame')} <small>{bytes(sumOf(stretch.bytes))}</small>
      </dd>
    </div>
  );
}

function Charts({ stretch, of }: { stretch: WorkStretch; of: FarBack }) {
  const { from, eachMs, frames, busy, slots } = stretch;
  const each = of === 'hour' ? 'a minute' : 'in 15 minutes';
  return (
    <div className={styles.charts}>
      <StretchChart
        title={of === 'hour' ? 'Frames a minute' : 'Frames in 15 minutes'}
        columns={{ from, eachMs, values: frames }}
        say={(value) => `${count(value, 'frame')} ${each}`}
      />
      <StretchChart
        title="Slots at work"
        columns={{ from, eachMs, values: busy }}
        line={{ says: 'The broken line is how many there were.', values: slots }}
        say={(value) => `${speed(value)} ${value === 1 ? 'slot' : 'slots'}`}
      />
    </div>
  );
}

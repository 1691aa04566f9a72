import type { FrameTimes, Job, Statistic } from '@akashganga/protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { memo, useCallback } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useWorkerFacts } from '../api/use-worker-facts.ts';
import { links } from '../app/route.ts';
import { useCalmly } from '../frames/use-calmly.ts';
import { useLive } from '../live/live-context.tsx';
import { memory } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import { extremes, type Times, timesWords } from './extremes.ts';
import styles from './job-statistics.module.css';
import { StatisticsTable } from './statistics-table.tsx';

/** The farm looks at every frame of the job for it. */
const REST_MS = 10_000;

/** What frames of a job took, by their numbers and by worker. */
export function JobStatistics({ job }: { job: Job }) {
  const done = useCalmly(job.frames.done, REST_MS);
  const { epoch } = useLive();
  const key = [job.id, done, job.frames.failed, job.state, epoch];
  const times = useQuery({
    queryKey: ['frame-times', ...key],
    queryFn: ({ signal }) => farmApi.frameTimes(job.id, signal),
    placeholderData: keepPreviousData,
  });
  const workers = useQuery({
    queryKey: ['job-statistics', ...key],
    queryFn: ({ signal }) => farmApi.jobStatistics(job.id, signal),
    placeholderData: keepPreviousData,
  });
  const facts = useWorkerFacts();
  const name = useCallback(
    ({ worker }: Statistic) =>
      worker === null ? (
        'not known'
      ) : (
        <a href={links.worker(worker)}>
          <bdi>{facts.get(worker)?.name ?? worker}</bdi>
        </a>
      ),
    [facts],
  );
  const error = times.error ?? workers.error;
  return (
    <>
      {error && <p role="alert">{error.message}</p>}
      {times.data && times.data.columns.length > 0 && <Charts job={job.id} times={times.data} />}
      {workers.data && <StatisticsTable rows={workers.data.workers} of="Worker" name={name} />}
    </>
  );
}

const Charts = memo(function Charts({ job, times }: { job: string; times: FrameTimes }) {
  const seconds = times.columns.map(({ first, shortest, mean, longest }) => ({
    ...{ first, low: shortest, middle: mean, high: longest },
  }));
  const bytes = times.columns.flatMap(({ first, memory: held }) =>
    held === null ? [] : [{ first, low: 0, middle: held, high: held }],
  );
  const word = (value: number) => (value >= 2 ** 27 ? memory(value) : `${Math.round(value / 2 ** 20)} MB`);
  return (
    <div className={styles.charts}>
      <Chart of="Time" {...{ job, each: times.each }} times={seconds} say={measured} />
      {bytes.length > 0 && <Chart of="Memory" {...{ job, each: times.each }} times={bytes} say={word} />}
    </div>
  );
});

const [WIDE, HIGH] = [1000, 100];

/** A bar for neighbouring frames: up to the mean filled, from the shortest to the longest a thin line. */
function Chart(props: {
  job: string;
  of: string;
  each: number;
  times: readonly Times[];
  say: (value: number) => string;
}) {
  const { job, of, each, times, say } = props;
  const found = extremes(times);
  if (!found) return null;
  const { from, to, most } = found;
  const wide = WIDE / Math.max(1, (to - from) / each + 1);
  const x = (first: number) => ((first - from) / each) * wide;
  const y = (value: number) => HIGH - (value / Math.max(most.high, Number.MIN_VALUE)) * (HIGH - 2);
  const words = timesWords(found, each, say);
  return (
    <figure>
      <figcaption>
        <strong>{of}</strong> {words}{' '}
        <a href={links.frame(job, most.first)}>{each === 1 ? 'Open it' : `Open frame ${most.first}`}</a>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${of}: ${words}`}
      >
        {times.map(({ first, low, middle, high }) => (
          <g key={first}>
            <rect
              {...{ x: x(first), y: y(middle), width: Math.max(1, wide * 0.82), height: HIGH - y(middle) }}
              className={styles.mean}
            />
            {low > 0 && high > low && (
              <rect
                {...{ x: x(first) + wide * 0.32, y: y(high), width: Math.max(0.6, wide * 0.18) }}
                height={Math.max(0, y(low) - y(high))}
                className={styles.range}
              />
            )}
          </g>
        ))}
      </svg>
      <p aria-hidden="true">
        <span>frame {from}</span>
        <span>{to + each - 1}</span>
      </p>
    </figure>
  );
}

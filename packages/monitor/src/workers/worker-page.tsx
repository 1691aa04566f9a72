import type { Worker } from '@akashganga/protocol';
import { Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useJobs, useWorkers } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { Icon } from '../icons/icon.tsx';
import { StateBadge } from '../jobs/state-badge.tsx';
import { StatisticsTable } from '../statistics/statistics-table.tsx';
import { WorkerLoad } from '../stretch/worker-load.tsx';
import { Ago } from '../words/ago.tsx';
import { count, memory, number } from '../words/amount.ts';
import { SlotLane } from './slot-lane.tsx';
import { WorkerMenu } from './worker-menu.tsx';
import styles from './worker-page.module.css';
import { WorkerSettingsForm } from './worker-settings-form.tsx';
import {
  blenderVersions,
  failedCards,
  platformWords,
  sandboxWords,
  slotsOf,
  workerLook,
} from './worker-words.ts';

/** One computer: what it does, what it is, what it did, and what it may do. */
export function WorkerPage({ id }: { id: string }) {
  const workers = useWorkers();
  const worker = workers.data?.find((one) => one.id === id);
  return (
    <>
      <a className={styles.back} href={links.workers}>
        <Icon name="back" size={16} /> All workers
      </a>
      {worker && <OpenWorker worker={worker} />}
      {!worker && workers.data && (
        <p role="status">The farm does not know this worker; it may have been removed.</p>
      )}
      {!worker && workers.isPending && <Skeleton height={280} radius="lg" />}
      {workers.error && <p role="alert">{workers.error.message}</p>}
    </>
  );
}

function OpenWorker({ worker }: { worker: Worker }) {
  return (
    <>
      <div className={styles.head}>
        <h1 title={worker.name}>
          <bdi>{worker.name}</bdi>
        </h1>
        <StateBadge look={workerLook(worker)} />
        <WorkerMenu worker={worker} />
      </div>
      {worker.problem && (
        <p className={styles.problem} role="alert">
          <Icon name="warning" size={18} />
          <span>
            <bdi>{worker.problem.says}</bdi> <code>{worker.problem.code}</code>
          </span>
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Slots worker={worker} />
          <WorkerLoad worker={worker} />
          <Done worker={worker} />
        </div>
        <div className={styles.column}>
          <section className={styles.card} aria-label="Settings">
            <h2>What it may do</h2>
            <WorkerSettingsForm key={JSON.stringify(worker.settings)} worker={worker} />
          </section>
          <About worker={worker} />
        </div>
      </div>
    </>
  );
}

function Slots({ worker }: { worker: Worker }) {
  const jobs = useJobs(useQueryClient()).data?.jobs ?? [];
  const names = new Map(jobs.map((job) => [job.id, job.name]));
  return (
    <section className={styles.card} aria-label="Slots">
      <h2>{count(worker.slots, 'slot')}</h2>
      <div className={styles.lanes}>
        {slotsOf(worker).map((slot) => (
          <SlotLane
            key={slot.slot}
            slot={slot}
            jobName={slot.job === null ? null : (names.get(slot.job) ?? null)}
          />
        ))}
      </div>
    </section>
  );
}

function Done({ worker }: { worker: Worker }) {
  const jobs = useJobs(useQueryClient()).data?.jobs ?? [];
  const names = new Map(jobs.map((job) => [job.id, job.name]));
  // Read again with each ten frames: it is looked at, not followed.
  const done = useQuery({
    queryKey: ['worker-statistics', worker.id, Math.floor(worker.framesDone / 10)],
    queryFn: ({ signal }) => farmApi.workerStatistics(worker.id, signal),
    placeholderData: (before) => before,
  });
  return (
    <section className={styles.card} aria-label="Done">
      <h2>{count(worker.framesDone, 'frame')} done</h2>
      {done.error && <p role="alert">{done.error.message}</p>}
      {done.data && (
        <StatisticsTable
          rows={done.data.jobs}
          of="Job"
          name={({ job }) => (
            <a href={links.job(job)}>
              <bdi>{names.get(job) ?? job}</bdi>
            </a>
          )}
        />
      )}
    </section>
  );
}

function About({ worker }: { worker: Worker }) {
  const versions = blenderVersions(worker);
  const passed = worker.cards?.filter((card) => card.problem === null) ?? [];
  return (
    <section className={styles.card} aria-label="Computer">
      <h2>Computer</h2>
      <dl className={styles.facts}>
        <Fact name="System">{platformWords(worker.platform)}</Fact>
        <Fact name="Cores">{number(worker.cores)}</Fact>
        <Fact name="Memory">{memory(worker.memory)}</Fact>
        <Fact name="Pace">{paceWords(worker.pace)}</Fact>
        <Fact name="Blender">
          {versions.length === 0 ? 'the farm’s own, fetched when needed' : versions.join(', ')}
        </Fact>
        {passed.length > 0 && (
          <Fact name="Graphics">{passed.map((card) => `${card.name} (${card.kind})`).join(', ')}</Fact>
        )}
        {failedCards(worker).map((card) => (
          <Fact key={card.id} name="Not used">
            <bdi>{card.name}</bdi>: <bdi>{card.problem?.says}</bdi>
          </Fact>
        ))}
        <Fact name="Tags">{worker.tags.length === 0 ? 'none' : worker.tags.join(', ')}</Fact>
        <Fact name="Sandbox">
          <span title={worker.sandbox?.says}>{sandboxWords(worker).replace(/^sandbox: /, '')}</span>
        </Fact>
        <Fact name="Its time zone">{worker.timeZone}</Fact>
        <Fact name="In this state">
          since <Ago at={worker.since} />
        </Fact>
        <Fact name="Seen">
          <Ago at={worker.seenAt} />
        </Fact>
        <Fact name="Akashganga">{worker.version}</Fact>
        <Fact name="Id">
          <code>{worker.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** `pace` is the time its frames take against an ordinary worker's. */
function paceWords(pace: number): string {
  if (pace > 0.9 && pace < 1.1) return 'as the others';
  const times = (pace > 1 ? pace : 1 / pace).toFixed(1);
  return pace > 1 ? `${times} times slower than the others` : `${times} times faster than the others`;
}

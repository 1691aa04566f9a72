import type { FrameServer, Worker } from '@akashganga/protocol';
import { Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useFarm, useJobs, useWorkers } from '../api/queries.ts';
import { Icon } from '../icons/icon.tsx';
import { JobNamesFor } from '../jobs/job-names.tsx';
import { StateBadge } from '../jobs/state-badge.tsx';
import { LongList } from '../lists/long-list.tsx';
import { Ago } from '../words/ago.tsx';
import { bytes, count } from '../words/amount.ts';
import { AddComputer } from './add-computer.tsx';
import { NoWorkers } from './no-workers.tsx';
import card from './worker-card.module.css';
import { WorkerCard } from './worker-card.tsx';
import { isAtWork } from './worker-words.ts';
import styles from './workers.module.css';

/** All computers of the farm: who renders, and who gathers. */
export function WorkersPage() {
  const workers = useWorkers();
  const jobs = useJobs(useQueryClient()).data?.jobs ?? [];
  const farm = useFarm().data;
  const atWork = workers.data?.filter(isAtWork) ?? [];
  const slots = atWork.reduce((sum, worker) => sum + worker.slots, 0);
  return (
    <>
      <div className={styles.head}>
        <div>
          <h1>Workers</h1>
          {workers.data && (
            <p>
              {count(atWork.length, 'worker')} ready with {count(slots, 'slot')}
              {workers.data.length > atWork.length && `, ${workers.data.length - atWork.length} away`}
            </p>
          )}
        </div>
        <AddComputer prominent />
      </div>
      {workers.error && <p role="alert">{workers.error.message}</p>}
      {workers.data?.length === 0 && <NoWorkers />}
      {!workers.data && !workers.error && <Skeleton height={140} mt={14} radius="lg" />}
      {workers.data && workers.data.length > 0 && (
        <div className={styles.all}>
          <JobNamesFor jobs={jobs}>
            <LongList
              items={workers.data}
              idOf={idOf}
              draw={drawWorker}
              {...{ label: 'Workers', column: 340, gap: 12, height: 150 }}
            />
          </JobNamesFor>
        </div>
      )}
      <h2 className={styles.second}>Frame servers</h2>
      {farm?.frameServers.length === 0 && (
        <p className={styles.none}>No frame server is here: frames cannot be delivered.</p>
      )}
      <div className={styles.grid}>
        {farm?.frameServers.map((server) => (
          <FrameServerCard key={server.id} server={server} />
        ))}
      </div>
    </>
  );
}

const idOf = ({ id }: Worker) => id;
const drawWorker = (worker: Worker) => <WorkerCard worker={worker} full />;

function FrameServerCard({ server }: { server: FrameServer }) {
  return (
    <article className={card.card} data-state={server.reachable ? 'here' : 'lost'}>
      <div className={card.head}>
        <Icon name="film" />
        <h3 title={server.name}>
          <bdi>{server.name}</bdi>
        </h3>
        <StateBadge
          look={
            server.reachable
              ? { says: 'Here', icon: 'check', tone: 'good' }
              : { says: 'Out of reach', icon: 'unplugged', tone: 'bad' }
          }
        />
      </div>
      <p className={card.facts}>
        <span>
          {server.host}:{server.port}
        </span>
        {server.freeBytes !== null && <span>{bytes(server.freeBytes)} free</span>}
        <span>films as {server.containers.join(', ')}</span>
        <span>
          seen <Ago at={server.seenAt} />
        </span>
      </p>
    </article>
  );
}

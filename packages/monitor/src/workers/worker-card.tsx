import type { Worker } from '@akashganga/protocol';
import { memo } from 'react';
import { links } from '../app/route.ts';
import { Icon } from '../icons/icon.tsx';
import { useJobNames } from '../jobs/job-names.tsx';
import { StateBadge } from '../jobs/state-badge.tsx';
import { Ago } from '../words/ago.tsx';
import { count, memory, number } from '../words/amount.ts';
import { SlotLane } from './slot-lane.tsx';
import styles from './worker-card.module.css';
import { WorkerMenu } from './worker-menu.tsx';
import {
  blenderVersions,
  failedCards,
  isAtWork,
  platformWords,
  sandboxWords,
  slotsOf,
  workerLook,
} from './worker-words.ts';

/** More lanes than this are told in one line. */
const MOST_LANES = 8;

export const WorkerCard = memo(function WorkerCard({
  worker,
  full = false,
}: {
  worker: Worker;
  full?: boolean;
}) {
  const versions = blenderVersions(worker);
  return (
    <article className={styles.card} data-state={worker.state}>
      <div className={styles.head}>
        <Icon name="computer" />
        <h3 title={worker.name}>
          <a href={links.worker(worker.id)}>
            <bdi>{worker.name}</bdi>
          </a>
        </h3>
        <StateBadge look={workerLook(worker)} />
        <WorkerMenu worker={worker} />
      </div>
      {worker.problem && (
        <p className={styles.problem}>
          <Icon name="warning" size={16} />
          <bdi>{worker.problem.says}</bdi>
        </p>
      )}
      {failedCards(worker).map(({ id, name, problem }) => (
        <p key={id} className={styles.problem}>
          <Icon name="warning" size={16} />
          <bdi>
            {name} is not used. {problem?.says}
          </bdi>
        </p>
      ))}
      {worker.state !== 'lost' && <Lanes worker={worker} />}
      <p className={styles.facts}>
        <span>
          {worker.gpus.length > 0 ? count(worker.slots, 'graphics card') : count(worker.cores, 'core')}
        </span>
        <span>{memory(worker.memory)}</span>
        <span>{platformWords(worker.platform)}</span>
        {full && <span>{versions.length === 0 ? 'no Blender yet' : `Blender ${versions.join(', ')}`}</span>}
        {(full || worker.sandbox?.closed === false) && (
          <span title={worker.sandbox?.says}>{sandboxWords(worker)}</span>
        )}
        <span>{number(worker.framesDone)} done</span>
        {(full || !isAtWork(worker)) && (
          <span>
            seen <Ago at={worker.seenAt} />
          </span>
        )}
        {full && <span>akashganga {worker.version}</span>}
      </p>
    </article>
  );
});

function Lanes({ worker }: { worker: Worker }) {
  const names = useJobNames();
  const slots = slotsOf(worker);
  const busy = slots.filter((slot) => slot.state !== 'idle');
  const shown = slots.length > MOST_LANES ? busy.slice(0, MOST_LANES) : slots;
  const rest = slots.length - shown.length;
  if (!isAtWork(worker) && busy.length === 0) return null;
  return (
    <div className={styles.lanes}>
      {shown.map((slot) => (
        <SlotLane
          key={slot.slot}
          slot={slot}
          jobName={slot.job === null ? null : (names.get(slot.job) ?? null)}
        />
      ))}
      {rest > 0 && (
        <p className={styles.facts}>
          and {count(rest, 'slot')} more, {busy.length} of {slots.length} at work
        </p>
      )}
    </div>
  );
}

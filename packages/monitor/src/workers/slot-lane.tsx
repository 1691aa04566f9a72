import type { SlotReport } from '@akashganga/protocol';
import { links } from '../app/route.ts';
import styles from './slot-lane.module.css';
import { slotWords } from './worker-words.ts';

/** What one slot does, with its progress. `jobName` is null for a job that is not in the list. */
export function SlotLane({ slot, jobName }: { slot: SlotReport; jobName: string | null }) {
  const percent = slot.fraction === null ? null : Math.round(slot.fraction * 100);
  return (
    <div className={styles.lane} data-state={slot.state}>
      <span className={styles.words}>
        {slot.job !== null && (
          <a href={links.job(slot.job)} title={jobName ?? slot.job}>
            <bdi>{jobName ?? slot.job}</bdi>
          </a>
        )}
        <span>{slotWords(slot)}</span>
        {percent !== null && slot.state === 'rendering' && (
          <span className={styles.percent}>{percent} %</span>
        )}
      </span>
      <span
        className={styles.track}
        role="img"
        aria-label={`Slot ${slot.slot + 1}: ${slotWords(slot)}${percent === null ? '' : `, ${percent} percent`}`}
      >
        {slot.state !== 'idle' && (
          <i
            data-unsure={percent === null && slot.state === 'rendering'}
            style={{ inlineSize: `${percent ?? 30}%` }}
          />
        )}
      </span>
    </div>
  );
}

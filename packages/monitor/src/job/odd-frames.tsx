import type { Job } from '@akashganga/protocol';
import { Icon } from '../icons/icon.tsx';
import styles from './job-page.module.css';
import { oddWords } from './odd-words.ts';

/** Frames that are done and that a person may want to look at all the same. */
export function OddFrames({ job, onSelect }: { job: Job; onSelect: (frame: number) => void }) {
  if (job.oddFrames.length === 0) return null;
  return (
    <section className={styles.card} aria-label="Frames to look at">
      <h2>Frames to look at</h2>
      <ul className={styles.failures} data-mild="true">
        {job.oddFrames.map((odd) => (
          <li key={odd.look}>
            <Icon name="warning" size={16} />
            <div>
              {oddWords(odd, job.frames.total)}
              <div className={styles.numbers}>
                {odd.first.map((frame) => (
                  <button
                    key={frame}
                    type="button"
                    aria-label={`Show frame ${frame}`}
                    onClick={() => onSelect(frame)}
                  >
                    {frame}
                  </button>
                ))}
                {odd.count > odd.first.length && <span>and {odd.count - odd.first.length} more</span>}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

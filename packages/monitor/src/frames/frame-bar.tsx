import type { FrameCounts } from '@akashganga/protocol';
import { number } from '../words/amount.ts';
import styles from './frame-bar.module.css';
import { barText, frameStates, frameStateWords } from './frame-states.ts';

/** All frames of a job as one bar, by state, with the same in words. */
export function FrameBar({ counts, tall = false }: { counts: FrameCounts; tall?: boolean }) {
  const text = barText(counts);
  return (
    <div className={styles.bar} data-tall={tall} role="img" aria-label={text} title={text}>
      {frameStates.map((state) =>
        counts[state] > 0 ? (
          <span key={state} data-state={state} style={{ flexGrow: counts[state] }} />
        ) : null,
      )}
    </div>
  );
}

/** What the colours of a bar and of a grid mean, with the numbers. */
export function FrameLegend({ counts }: { counts: FrameCounts }) {
  return (
    <ul className={styles.legend}>
      {frameStates.map((state) =>
        counts[state] > 0 ? (
          <li key={state} data-state={state}>
            <i aria-hidden="true" />
            <b>{number(counts[state])}</b> {frameStateWords[state]}
          </li>
        ) : null,
      )}
    </ul>
  );
}

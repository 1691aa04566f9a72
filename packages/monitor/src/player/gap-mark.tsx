import type { FrameState } from '@akashganga/protocol';
import { frameStateWords } from '../frames/frame-states.ts';
import { Icon } from '../icons/icon.tsx';
import styles from './player.module.css';

/** Says that the picture is not that of the frame, and which it is. */
export function GapMark(props: { frame: number; state: FrameState; held: number | null }) {
  const { frame, state, held } = props;
  return (
    <p className={styles.gap} data-state={state}>
      <Icon name={state === 'failed' ? 'warning' : 'hourglass'} size={16} />
      <span>
        Frame {frame} {gapWords(state)}
        {held !== null && `; this is frame ${held}`}
      </span>
    </p>
  );
}

function gapWords(state: FrameState): string {
  if (state === 'done') return 'is on its way';
  if (state === 'failed') return 'has failed';
  return state === 'canceled' ? 'was canceled' : `is ${frameStateWords[state]}`;
}

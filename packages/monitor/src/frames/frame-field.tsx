import { useState } from 'react';
import { count } from '../words/amount.ts';
import { frameAt } from './frame-board.ts';
import { FrameCanvas } from './frame-canvas.tsx';
import styles from './frame-field.module.css';
import { FrameGrid } from './frame-grid.tsx';
import type { BoardView } from './use-frame-board.ts';

/** Up to here each frame has a cell of its own. */
const MOST_CELLS = 2000;

/** All frames of a job: each a star, or, when there are too many, a map with the chosen part of it as stars. */
export function FrameField(props: {
  view: BoardView;
  selected: number | null;
  onSelect: (frame: number) => void;
}) {
  const { view, selected, onSelect } = props;
  const { board, version, reading, error } = view;
  const [part, setPart] = useState({ from: 0, to: 0 });
  if (board.size <= MOST_CELLS) {
    return (
      <>
        <FrameGrid board={board} from={0} to={board.size} selected={selected} onSelect={onSelect} />
        <Reading reading={reading} error={error} size={board.size} />
      </>
    );
  }
  const to = Math.min(part.to, board.size, part.from + MOST_CELLS);
  return (
    <>
      <FrameCanvas
        board={board}
        version={version}
        at={part.from}
        onChoose={(from, end) => setPart({ from, to: end })}
      />
      {to === 0 && <p className={styles.note}>Choose a cell to see its frames.</p>}
      {to > 0 && (
        <div className={styles.part}>
          <p className={styles.note}>
            Frames {frameAt(board, part.from)} to {frameAt(board, to - 1)}
          </p>
          <FrameGrid board={board} from={part.from} to={to} selected={selected} onSelect={onSelect} />
        </div>
      )}
      <Reading reading={reading} error={error} size={board.size} />
    </>
  );
}

function Reading({ reading, error, size }: { reading: boolean; error: string | null; size: number }) {
  if (error !== null) return <p role="alert">{error}</p>;
  if (!reading) return null;
  return (
    <p className={styles.note}>{size === 0 ? 'Reading the frames' : `${count(size, 'frame')} read so far`}</p>
  );
}

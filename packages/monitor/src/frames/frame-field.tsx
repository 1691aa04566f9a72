import type { Job } from '@akashganga/protocol';
import { SegmentedControl } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { count } from '../words/amount.ts';
import { frameAt, lastChange } from './frame-board.ts';
import { FrameCanvas } from './frame-canvas.tsx';
import styles from './frame-field.module.css';
import { FrameGrid } from './frame-grid.tsx';
import type { BoardView } from './use-frame-board.ts';

const FramePictures = lazy(async () => ({
  default: (await import('../sprites/frame-pictures.tsx')).FramePictures,
}));

/** Up to here each frame has a cell of its own. */
const MOST_CELLS = 2000;

/** All frames of a job: each a star, or, when there are too many, a map with the chosen part of it as stars. */
export function FrameField(props: {
  job: Job;
  view: BoardView;
  selected: number | null;
  onSelect: (frame: number) => void;
}) {
  const { job, view, selected, onSelect } = props;
  const { board, reading, error } = view;
  const [part, setPart] = useState({ from: 0, to: 0 });
  const [look, setLook] = useState<Look>('stars');
  const cells = (from: number, to: number) => (
    <Cells {...{ job, board, from, to, selected, onSelect, look }} />
  );
  if (board.size <= MOST_CELLS) {
    return (
      <>
        {board.size > 0 && <LookSwitch look={look} onLook={setLook} />}
        {cells(0, board.size)}
        <Reading reading={reading} error={error} size={board.size} />
      </>
    );
  }
  const to = Math.min(part.to, board.size, part.from + MOST_CELLS);
  return (
    <>
      <FrameCanvas board={board} at={part.from} onChoose={(from, end) => setPart({ from, to: end })} />
      {to === 0 && <p className={styles.note}>Choose a cell to see its frames.</p>}
      {to > 0 && (
        <div className={styles.part}>
          <p className={styles.note}>
            Frames {frameAt(board, part.from)} to {frameAt(board, to - 1)}
          </p>
          <LookSwitch look={look} onLook={setLook} />
          {cells(part.from, to)}
        </div>
      )}
      <Reading reading={reading} error={error} size={board.size} />
    </>
  );
}

type Look = 'stars' | 'pictures';

function LookSwitch({ look, onLook }: { look: Look; onLook: (look: Look) => void }) {
  return (
    <SegmentedControl
      aria-label="How frames are shown"
      className={styles.look}
      size="xs"
      value={look}
      onChange={(value) => onLook(value as Look)}
      data={[
        { value: 'stars', label: 'States' },
        { value: 'pictures', label: 'Pictures' },
      ]}
    />
  );
}

interface CellsProps {
  readonly job: Job;
  readonly board: BoardView['board'];
  readonly from: number;
  readonly to: number;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  readonly look: Look;
}

function Cells({ job, look, ...part }: CellsProps) {
  const { board, from, to } = part;
  if (look === 'stars') return <FrameGrid {...part} change={lastChange(board, from, to)} />;
  const shape = job.probe ? job.probe.width / job.probe.height : 16 / 9;
  return (
    <Suspense>
      <FramePictures job={job.id} shape={shape} {...part} />
    </Suspense>
  );
}

function Reading({ reading, error, size }: { reading: boolean; error: string | null; size: number }) {
  if (error !== null) return <p role="alert">{error}</p>;
  if (!reading) return null;
  return (
    <p className={styles.note}>{size === 0 ? 'Reading the frames' : `${count(size, 'frame')} read so far`}</p>
  );
}

import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import { type FrameBoard, frameAt, stateAt } from '../frames/frame-board.ts';
import { neighbour } from '../frames/frame-grid.tsx';
import { frameStateWords } from '../frames/frame-states.ts';
import { WhenSeen } from '../job/when-seen.tsx';
import styles from './frame-pictures.module.css';
import { cellPosition, type SpritePart, spriteParts } from './sprite-cells.ts';
import { useSprite } from './use-sprite.ts';

interface PicturesProps {
  readonly job: string;
  /** Width by height of a frame. */
  readonly shape: number;
  readonly board: FrameBoard;
  /** The part of the board to show: places, not frame numbers; `to` is left out. */
  readonly from: number;
  readonly to: number;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
}

/** Frames as small pictures, a hundred with one request. One tab stop; arrows, Home and End move within it. */
export function FramePictures(props: PicturesProps) {
  const { from, to, shape } = props;
  const field = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(from);
  const here = at >= from && at < to ? at : from;
  const onKeyDown = (event: KeyboardEvent) => {
    const row = field.current?.querySelector('[data-row]');
    const columns = row ? getComputedStyle(row).gridTemplateColumns.split(' ').length : 1;
    const next = neighbour(event.key, here - from, to - from, columns);
    if (next === null) return;
    event.preventDefault();
    setAt(from + next);
    field.current?.querySelector<HTMLElement>(`[data-place="${from + next}"]`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys only move the focus between the buttons within
    <div ref={field} onKeyDown={onKeyDown} style={{ '--shape': shape } as CSSProperties}>
      {spriteParts(from, to).map((part) => (
        <WhenSeen key={part.sprite}>
          <Part {...props} part={part} here={here} onAt={setAt} />
        </WhenSeen>
      ))}
    </div>
  );
}

function Part(props: PicturesProps & { part: SpritePart; here: number; onAt: (place: number) => void }) {
  const { job, board, selected, onSelect, part, here, onAt } = props;
  const places = Array.from({ length: part.to - part.from }, (_, index) => part.from + index);
  const done = places.filter((place) => stateAt(board, place) === 'done').length;
  const sprite = useSprite(job, part.sprite, done);
  return (
    <div className={styles.part} data-row>
      {places.map((place) => {
        const [frame, state] = [frameAt(board, place), stateAt(board, place)];
        const says = `Frame ${frame}, ${frameStateWords[state]}`;
        const picture =
          sprite !== null && state === 'done'
            ? { backgroundImage: `url("${sprite}")`, backgroundPosition: cellPosition(place) }
            : undefined;
        return (
          <button
            key={place}
            type="button"
            data-place={place}
            data-state={state}
            style={picture}
            aria-label={says}
            aria-pressed={frame === selected}
            title={says}
            tabIndex={place === here ? 0 : -1}
            onClick={() => {
              onAt(place);
              onSelect(frame);
            }}
          >
            <span aria-hidden="true">{frame}</span>
          </button>
        );
      })}
    </div>
  );
}

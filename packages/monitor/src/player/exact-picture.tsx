import type { Job } from '@akashganga/protocol';
import { useEffect, useRef, useState } from 'react';
import { farmApi, farmFiles } from '../api/farm-api.ts';
import { type FrameBoard, frameAt } from '../frames/frame-board.ts';
import { useCalmly } from '../frames/use-calmly.ts';
import { spriteCell } from '../sprites/sprite-cells.ts';
import { SpriteStore } from '../sprites/sprite-store.ts';
import styles from './player.module.css';
import { useRested } from './use-rested.ts';

/** Somebody who scrubs sees cells of sprites, one who pauses a small picture, and one who rests the frame itself. */
const PAUSE_MS = 120;
const REST_MS = 350;
/** The newest frame is followed calmly. */
const FOLLOW_MS = 500;
/** Larger frames are shown small: this is a page, and a megabyte a look is enough. */
const MOST_PIXELS = 4096 * 2304;
const SHOWN = new Set(['.png', '.jpg', '.jpeg', '.webp']);

interface PictureProps {
  readonly job: Job;
  readonly board: FrameBoard;
  /** The place whose picture is shown. */
  readonly place: number;
  /** Nobody scrubs: the place is that of the newest frame. */
  readonly following: boolean;
}

/** The picture of one frame, exactly, over the video. */
export function ExactPicture({ job, board, place, following }: PictureProps) {
  const frame = frameAt(board, place);
  const followed = useCalmly(frame, FOLLOW_MS);
  const paused = useRested(frame, PAUSE_MS);
  const rested = useRested(frame, REST_MS);
  const [there, setThere] = useState<number | null>(null);
  const [smallThere, setSmallThere] = useState<number | null>(null);
  const small = following ? followed : paused;
  const whole = rested === frame && rested === small && canShow(job) ? rested : null;
  return (
    <>
      <img
        className={styles.still}
        src={farmFiles.thumbnail(job.id, small)}
        alt={`Frame ${small}`}
        data-frame={small}
        data-coming={smallThere !== frame}
        onLoad={() => setSmallThere(small)}
      />
      {!following && <ScrubPicture job={job.id} board={board} place={place} hidden={smallThere === frame} />}
      {whole !== null && (
        <img
          key={whole}
          className={styles.still}
          data-there={there === whole}
          src={farmFiles.image(job.id, whole)}
          alt=""
          onLoad={() => setThere(whole)}
        />
      )}
    </>
  );
}

/** The frame at a place as its cell in a sprite; of one that has not come yet, the cell before it, paler. */
function ScrubPicture(props: { job: string; board: FrameBoard; place: number; hidden: boolean }) {
  const { job, board, place, hidden } = props;
  const sheet = useRef<HTMLCanvasElement>(null);
  const store = useRef<SpriteStore<ImageBitmap> | null>(null);
  /** The place at which nobody has scrubbed yet. */
  const still = useRef<number | null>(place);
  const [come, setCome] = useState(0);
  const [shown, setShown] = useState<number | null>(null);

  useEffect(() => {
    const made = new SpriteStore<ImageBitmap>({
      fetchSprite: async (sprite, signal) =>
        createImageBitmap(new Blob([await farmApi.sprite(job, sprite, signal)], { type: 'image/webp' })),
      drop: (picture) => picture.close(),
      onCome: () => setCome((was) => was + 1),
      now: Date.now,
    });
    store.current = made;
    return () => made.close();
  }, [job]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a sprite that came is a reason to look again
  useEffect(() => {
    // Who only looks at one frame needs no hundred.
    if (place === still.current) return;
    still.current = null;
    const sprite = store.current?.look(board, place);
    const pen = sheet.current?.getContext('2d');
    if (!sprite || !sheet.current || !pen) return;
    const { x, y, width, height } = spriteCell(place, sprite);
    if (sheet.current.width !== width || sheet.current.height !== height)
      Object.assign(sheet.current, { width, height });
    pen.drawImage(sprite, x, y, width, height, 0, 0, width, height);
    setShown(place);
  }, [board, place, come]);

  return (
    <canvas
      ref={sheet}
      className={styles.still}
      data-cell={shown}
      data-coming={shown !== place}
      hidden={hidden || shown === null}
    />
  );
}

function canShow({ probe }: Job): boolean {
  if (!probe || !SHOWN.has(probe.extension)) return false;
  return probe.width * probe.height <= MOST_PIXELS;
}

import type { Job } from '@akashganga/protocol';
import { useState } from 'react';
import { farmFiles } from '../api/farm-api.ts';
import { useCalmly } from '../frames/use-calmly.ts';
import styles from './player.module.css';

/** Somebody who scrubs sees small pictures; one who rests sees the frame itself. */
const SCRUB_MS = 60;
const REST_MS = 350;
/** Larger frames are shown small: this is a page, and a megabyte a look is enough. */
const MOST_PIXELS = 4096 * 2304;
const SHOWN = new Set(['.png', '.jpg', '.jpeg', '.webp']);

/** The picture of one frame, exactly, over the video. */
export function ExactPicture({ job, frame }: { job: Job; frame: number }) {
  const small = useCalmly(frame, SCRUB_MS);
  const rested = useCalmly(frame, REST_MS);
  const [there, setThere] = useState<number | null>(null);
  const [smallThere, setSmallThere] = useState<number | null>(null);
  const whole = rested === small && canShow(job) ? rested : null;
  return (
    <>
      <img
        className={styles.still}
        src={farmFiles.thumbnail(job.id, small)}
        alt={`Frame ${small}`}
        data-frame={small}
        data-coming={smallThere !== small}
        onLoad={() => setSmallThere(small)}
      />
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

function canShow({ probe }: Job): boolean {
  if (!probe || !SHOWN.has(probe.extension)) return false;
  return probe.width * probe.height <= MOST_PIXELS;
}

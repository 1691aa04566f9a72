import { useState } from 'react';
import { farmFiles } from '../api/farm-api.ts';
import { Icon } from '../icons/icon.tsx';
import styles from './thumbnail.module.css';
import { useCalmly } from './use-calmly.ts';

const REST = 1500;

/**
 * A frame, small. A newer frame replaces the shown one when its picture has arrived, at most every second
 * and a half; what cannot be shown leaves the picture before it.
 */
export function Thumbnail({ job, frame, rest = REST }: { job: string; frame: number | null; rest?: number }) {
  const wanted = useCalmly(frame, rest);
  const [shown, setShown] = useState<number | null>(null);
  const [coming, setComing] = useState<number | null>(null);
  const [failed, setFailed] = useState<number | null>(null);
  // One that is on its way is waited for, however often a newer one is there: else a slow line would never show any.
  if (coming === null && wanted !== shown && wanted !== failed) setComing(wanted);
  return (
    <span className={styles.thumbnail} data-empty={shown === null}>
      {shown === null && <Icon name="picture" size={22} />}
      {shown !== null && <img src={farmFiles.thumbnail(job, shown)} alt={`Frame ${shown}`} />}
      {coming !== null && (
        <img
          key={coming}
          className={styles.coming}
          src={farmFiles.thumbnail(job, coming)}
          alt=""
          onLoad={() => {
            setShown(coming);
            setComing(null);
          }}
          onError={() => {
            setFailed(coming);
            setComing(null);
          }}
        />
      )}
    </span>
  );
}

import { Button, Progress } from '@mantine/core';
import { bytes } from '../words/amount.ts';
import styles from './submit.module.css';
import type { Submitting } from './use-submit.ts';

/** How far the scene has come, in words and as a bar. */
export function TravelBar({ submitting }: { submitting: Submitting }) {
  const { travel, trouble, stop } = submitting;
  const share = travel && travel.total > 0 ? Math.min(100, (travel.done / travel.total) * 100) : 0;
  return (
    <div className={styles.travel}>
      <p role="status">
        {trouble === null ? wordsFor(submitting) : `${trouble} Trying again; nothing is lost.`}
      </p>
      <Progress value={share} animated={trouble === null} aria-label="How far the scene has come" />
      <Button variant="default" size="compact-sm" onClick={stop}>
        Stop
      </Button>
    </div>
  );
}

function wordsFor({ travel }: Submitting): string {
  if (travel === null) return 'Beginning';
  if (travel.kind === 'reading') return `Reading the scene, ${bytes(travel.done)} of ${bytes(travel.total)}`;
  if (travel.total === 0) return 'The farm has these files already';
  return `Sending ${bytes(travel.done)} of ${bytes(travel.total)} that the farm lacks`;
}

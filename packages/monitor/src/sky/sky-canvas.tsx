import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { Changes } from '../live/changes.ts';
import { useChanges } from '../live/live-context.tsx';
import { keepDrawing } from './keep-drawing.ts';
import styles from './sky-panel.module.css';
import { emptySky, light, type Sky } from './stars.ts';

// Kept outside the component: going to another page and back does not put the stars out.
const sky: Sky = emptySky();

/** The Milky Way of the last ten minutes: each finished frame is a star. Decoration: the numbers stand beside it. */
export function SkyCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const beat = useRef<() => void>(() => undefined);
  const calm = useReducedMotion();

  useChanges((changes) => {
    const { done, failed } = finished(changes);
    if (done + failed === 0) return;
    light(sky, done, failed, Date.now(), Math.random);
    beat.current();
  });

  useEffect(() => {
    if (!canvas.current) return;
    const drawing = keepDrawing(canvas.current, sky, calm);
    beat.current = drawing.beat;
    return drawing.stop;
  }, [calm]);

  return (
    <div className={styles.stars} aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}

function finished(changes: Changes): { done: number; failed: number } {
  let done = 0;
  let failed = 0;
  for (const frames of changes.frames.values()) {
    for (const state of frames.values()) {
      if (state === 'done') done += 1;
      if (state === 'failed') failed += 1;
    }
  }
  return { done, failed };
}

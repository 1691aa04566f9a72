import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useJobs, useWorkers } from '../api/queries.ts';
import { useLive } from '../live/live-context.tsx';
import { number, percent, speed } from '../words/amount.ts';
import { timeLeft } from '../words/duration.ts';
import { type FarmFigures, figures, headline } from './farm-words.ts';
import { SkyCanvas } from './sky-canvas.tsx';
import styles from './sky-panel.module.css';

/** The farm at a glance, under its own sky. */
export function SkyPanel() {
  const jobs = useJobs(useQueryClient()).data?.jobs;
  const workers = useWorkers().data;
  const { connection } = useLive();
  const sums = figures(jobs ?? [], workers ?? []);
  const lost = connection === 'lost';
  const title = lost
    ? 'Out of touch with the farm'
    : jobs && workers
      ? headline(jobs, workers)
      : 'Looking at the farm';
  useTitle(sums, lost);
  return (
    <section className={styles.sky} aria-label="The farm at a glance">
      <SkyCanvas />
      <div className={styles.words}>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <p>Each star is a frame finished in the last ten minutes.</p>
      </div>
      <dl className={styles.figures}>
        {!lost && <Figure name="frames a minute" value={speed(sums.framesPerMinute)} />}
        {!lost && <Figure name="slots at work" value={number(sums.busySlots)} of={number(sums.slots)} />}
        {sums.framesWanted > 0 && (
          <Figure
            name="of what is under way"
            value={`${percent(sums.framesDone, sums.framesWanted)}`}
            of="%"
          />
        )}
        {sums.secondsLeft !== null && connection === 'live' && (
          <Figure name="until all is done" value={timeLeft(sums.secondsLeft)} />
        )}
      </dl>
    </section>
  );
}

function Figure({ name, value, of }: { name: string; value: string; of?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {of !== undefined && <small>{of === '%' ? ' %' : ` of ${of}`}</small>}
      </dd>
    </div>
  );
}

/** The tab tells how far the farm is. */
function useTitle(sums: FarmFigures, lost: boolean): void {
  const done = sums.framesWanted > 0 ? `${percent(sums.framesDone, sums.framesWanted)} % · ` : '';
  const title = lost ? 'Not connected · Akashganga' : `${done}Akashganga`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

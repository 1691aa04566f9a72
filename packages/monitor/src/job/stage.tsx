import type { Job } from '@akashganga/protocol';
import { lazy, Suspense } from 'react';
import { FilmAgain } from '../film/film-again.tsx';
import { Thumbnail } from '../frames/thumbnail.tsx';
import type { BoardView } from '../frames/use-frame-board.ts';
import { Icon } from '../icons/icon.tsx';
import { bytes, count } from '../words/amount.ts';
import { Download } from './download.tsx';
import { filmNews } from './film-words.ts';
import styles from './stage.module.css';

// Fetched with the first film that is looked at: most visits are to the lists.
const Player = lazy(() => import('../player/player.tsx').then(({ Player }) => ({ default: Player })));

/** The film, as far as there is one, else the frame done last. */
export function Stage(props: { job: Job; latest: number | null; selected: number | null; view: BoardView }) {
  const { job, latest, selected, view } = props;
  const still = (
    <div className={styles.picture} data-empty={latest === null}>
      <Thumbnail job={job.id} frame={latest} />
    </div>
  );
  const canPlay = job.frames.total > 1 && job.frames.done > 0 && view.board.size > 0;
  return (
    <section className={styles.stage} aria-label="Film">
      {canPlay ? (
        <Suspense fallback={still}>
          <Player job={job} view={view} />
        </Suspense>
      ) : (
        still
      )}
      <FilmFacts job={job} latest={latest} selected={selected} />
    </section>
  );
}

function FilmFacts({ job, latest, selected }: { job: Job } & Record<'latest' | 'selected', number | null>) {
  const { film } = job;
  const news = filmNews(job);
  return (
    <div className={styles.below}>
      <Download job={job} selected={selected} />
      <FilmAgain job={job} />
      {film.state === 'done' && (
        <span>
          {film.container}
          {film.size !== null && `, ${bytes(film.size)}`}
          {film.frames !== null && `, ${count(film.frames, 'frame')}`}
          {film.frames !== null &&
            film.frames < job.frames.total &&
            `, ${job.frames.total - film.frames} lacking`}
        </span>
      )}
      {film.state !== 'done' && latest !== null && <span>Frame {latest}, done last</span>}
      {news !== null && (
        <span data-bad={film.state === 'failed'}>
          <Icon name={film.state === 'failed' ? 'warning' : 'film'} size={16} /> {news}
        </span>
      )}
    </div>
  );
}

import type { Job } from '@akashganga/protocol';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { farmFiles } from '../api/farm-api.ts';
import { Thumbnail } from '../frames/thumbnail.tsx';
import { Icon } from '../icons/icon.tsx';
import { bytes, count } from '../words/amount.ts';
import { filmFileName, filmNews, shownAs } from './film-words.ts';
import styles from './stage.module.css';

/** The film when there is one, else the frame done last. */
export function Stage({ job, latest }: { job: Job; latest: number | null }) {
  const { film } = job;
  const news = filmNews(job);
  return (
    <section className={styles.stage} aria-label="Film">
      <div className={styles.picture} data-empty={film.state !== 'done' && latest === null}>
        {film.state === 'done' ? (
          <FilmPlayer key={film.digest ?? ''} job={job} latest={latest} />
        ) : (
          <Thumbnail job={job.id} frame={latest} />
        )}
      </div>
      <div className={styles.below}>
        {film.state === 'done' && (
          <>
            <Button
              component="a"
              href={farmFiles.film(job.id)}
              download={filmFileName(job.name, film.container)}
              leftSection={<Icon name="download" />}
            >
              Download the film
            </Button>
            <span>
              {film.container}
              {film.size !== null && `, ${bytes(film.size)}`}
              {film.frames !== null && `, ${count(film.frames, 'frame')}`}
              {film.frames !== null &&
                film.frames < job.frames.total &&
                `, ${job.frames.total - film.frames} lacking`}
            </span>
          </>
        )}
        {film.state !== 'done' && latest !== null && <span>Frame {latest}, done last</span>}
        {news !== null && (
          <span data-bad={film.state === 'failed'}>
            <Icon name={film.state === 'failed' ? 'warning' : 'film'} size={16} /> {news}
          </span>
        )}
      </div>
    </section>
  );
}

function FilmPlayer({ job, latest }: { job: Job; latest: number | null }) {
  const [cannot, setCannot] = useState(false);
  const way = shownAs(job.film.container);
  if (way === 'nothing' || cannot) {
    return (
      <div className={styles.cannot}>
        <Thumbnail job={job.id} frame={latest} />
        <p>
          This browser cannot play {job.film.container} films. Download it and open it with a player such as
          VLC or mpv.
        </p>
      </div>
    );
  }
  if (way === 'picture') {
    return (
      <img src={farmFiles.film(job.id)} alt={`The film of ${job.name}`} onError={() => setCannot(true)} />
    );
  }
  return (
    <video
      controls
      playsInline
      loop
      preload="metadata"
      src={farmFiles.film(job.id)}
      {...(latest === null ? {} : { poster: farmFiles.thumbnail(job.id, latest) })}
      aria-label={`The film of ${job.name}`}
      onError={() => setCannot(true)}
    />
  );
}

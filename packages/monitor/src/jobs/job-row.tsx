import type { Job } from '@akashganga/protocol';
import { memo } from 'react';
import { links } from '../app/route.ts';
import { FrameBar } from '../frames/frame-bar.tsx';
import { Thumbnail } from '../frames/thumbnail.tsx';
import { useLatestFrame } from '../frames/use-latest-frame.ts';
import { Icon } from '../icons/icon.tsx';
import { useLive } from '../live/live-context.tsx';
import { Ago } from '../words/ago.tsx';
import { number, percent, speed } from '../words/amount.ts';
import { timeLeft } from '../words/duration.ts';
import { JobActions } from './job-actions.tsx';
import styles from './job-row.module.css';
import { jobLook } from './job-words.ts';
import { StateBadge } from './state-badge.tsx';

/** One job in the list. Drawn again only when the job itself changed. */
export const JobRow = memo(function JobRow(props: {
  job: Job;
  selected: boolean;
  onSelect: (id: string, isRange: boolean) => void;
}) {
  const { job, selected, onSelect } = props;
  const latest = useLatestFrame(job);
  return (
    <article className={styles.row} data-state={job.state} data-selected={selected}>
      <input
        type="checkbox"
        className={styles.select}
        checked={selected}
        aria-label={`Select ${job.name}`}
        onClick={(event) => onSelect(job.id, event.shiftKey)}
        onChange={() => undefined}
      />
      <div className={styles.picture}>
        <Thumbnail job={job.id} frame={latest} />
      </div>
      <div className={styles.body}>
        <div className={styles.head}>
          <h3>
            <a href={links.job(job.id)} title={job.name}>
              <bdi>{job.name}</bdi>
            </a>
          </h3>
          <StateBadge look={jobLook(job)} />
        </div>
        <FrameBar counts={job.frames} />
        <JobNumbers job={job} />
        <JobNotes job={job} />
      </div>
      <div className={styles.actions}>
        <JobActions job={job} />
      </div>
    </article>
  );
});

function JobNumbers({ job }: { job: Job }) {
  const { connection } = useLive();
  const { frames } = job;
  return (
    <p className={styles.numbers}>
      {frames.total > 0 && (
        <span>
          <b>{percent(frames.done, frames.total)} %</b> · {number(frames.done)} of {number(frames.total)}
        </span>
      )}
      {job.state === 'active' && job.framesPerMinute !== null && connection === 'live' && (
        <span>{speed(job.framesPerMinute)} a minute</span>
      )}
      {job.state === 'active' && job.secondsLeft !== null && connection === 'live' && (
        <span className={styles.left}>{timeLeft(job.secondsLeft)} left</span>
      )}
      <span className={styles.origin}>
        <bdi title={`Submitted by ${job.submitter}`}>{job.submitter}</bdi>
        <span>priority {job.priority}</span>
        <Ago at={job.createdAt} />
      </span>
    </p>
  );
}

function JobNotes({ job }: { job: Job }) {
  return (
    <>
      {job.problem && (
        <p className={styles.problem}>
          <Icon name="warning" size={16} />
          <bdi>{job.problem.says}</bdi>
        </p>
      )}
      {job.waitsFor && (
        <p className={styles.waits}>
          <Icon name="hourglass" size={16} />
          <bdi>{job.waitsFor}</bdi>
        </p>
      )}
    </>
  );
}

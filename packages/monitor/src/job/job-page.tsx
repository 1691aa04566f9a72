import type { Job } from '@akashganga/protocol';
import { Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useJob } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { FrameBar, FrameLegend } from '../frames/frame-bar.tsx';
import { FrameField } from '../frames/frame-field.tsx';
import { useFrameBoard } from '../frames/use-frame-board.ts';
import { useLatestFrame } from '../frames/use-latest-frame.ts';
import { Icon } from '../icons/icon.tsx';
import { JobActions } from '../jobs/job-actions.tsx';
import { jobLook } from '../jobs/job-words.ts';
import { StateBadge } from '../jobs/state-badge.tsx';
import { useChanges, useLive } from '../live/live-context.tsx';
import { number, percent, speed } from '../words/amount.ts';
import { timeLeft } from '../words/duration.ts';
import { FailedFrames } from './failed-frames.tsx';
import { FrameDetails } from './frame-details.tsx';
import styles from './job-page.module.css';
import { OddFrames } from './odd-frames.tsx';
import { isReadyToStart, ReadyToStart } from './ready-to-start.tsx';
import { SceneFacts } from './scene-facts.tsx';
import { Stage } from './stage.tsx';
import { WhenSeen } from './when-seen.tsx';

const MissingDrop = lazy(async () => ({
  default: (await import('../submit/missing-drop.tsx')).MissingDrop,
}));

const TimeLine = lazy(async () => ({ default: (await import('../timeline/time-line.tsx')).TimeLine }));
const JobStatistics = lazy(async () => ({
  default: (await import('../statistics/job-statistics.tsx')).JobStatistics,
}));

/** One job, large. */
export function JobPage({ id }: { id: string }) {
  const { data: job, error } = useJob(useQueryClient(), id);
  const [deleted, setDeleted] = useState(false);
  useChanges((changes) => {
    if (changes.jobs.get(id) === null) setDeleted(true);
  });
  return (
    <>
      <a className={styles.back} href={links.farm}>
        <Icon name="back" size={16} /> All jobs
      </a>
      {deleted && <p role="status">This job was deleted.</p>}
      {!deleted && job && <OpenJob job={job} />}
      {!job && error && <p role="alert">{error.message}</p>}
      {!job && !error && <Skeleton height={320} radius="lg" />}
    </>
  );
}

function OpenJob({ job }: { job: Job }) {
  const latest = useLatestFrame(job);
  const view = useFrameBoard(job.id, job.frames.total > 0);
  const [selected, setSelected] = useState<number | null>(null);
  useJobTitle(job);
  return (
    <>
      <Head job={job} />
      <Notes job={job} />
      {isReadyToStart(job) && <ReadyToStart job={job} />}
      {job.problem?.code === 'scene.missing-file' && (
        <Suspense>
          <MissingDrop job={job} />
        </Suspense>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Stage job={job} latest={latest} selected={selected} view={view} />
          <section className={styles.card} aria-label="Frames">
            <Progress job={job} />
            {selected !== null && (
              <FrameDetails job={job} board={view.board} frame={selected} onClose={() => setSelected(null)} />
            )}
            {job.frames.total > 0 && (
              <FrameField job={job} view={view} selected={selected} onSelect={setSelected} />
            )}
          </section>
          {job.frames.done + job.frames.failed > 0 && <LookingBack job={job} />}
        </div>
        <div className={styles.column}>
          <FailedFrames job={job} view={view} onSelect={setSelected} />
          <OddFrames job={job} onSelect={setSelected} />
          <SceneFacts job={job} />
        </div>
      </div>
    </>
  );
}

/** Where the time went, and what it came to. */
function LookingBack({ job }: { job: Job }) {
  return (
    <>
      <section className={styles.card} aria-label="Time line">
        <h2>Time line</h2>
        <WhenSeen>
          <Suspense>
            <TimeLine job={job} />
          </Suspense>
        </WhenSeen>
      </section>
      <section className={styles.card} aria-label="Statistics">
        <h2>Statistics</h2>
        <WhenSeen>
          <Suspense>
            <JobStatistics job={job} />
          </Suspense>
        </WhenSeen>
      </section>
    </>
  );
}

function Head({ job }: { job: Job }) {
  return (
    <div className={styles.head}>
      <h1 title={job.name}>
        <bdi>{job.name}</bdi>
      </h1>
      <StateBadge look={jobLook(job)} />
      <div className={styles.actions}>
        <JobActions job={job} large />
      </div>
    </div>
  );
}

function Notes({ job }: { job: Job }) {
  return (
    <>
      {job.problem && (
        <p className={styles.problem} role="alert">
          <Icon name="warning" size={18} />
          <span>
            <bdi>{job.problem.says}</bdi> <code>{job.problem.code}</code>
          </span>
        </p>
      )}
      {job.waitsFor && (
        <p className={styles.waits}>
          <Icon name="hourglass" size={18} />
          <bdi>{job.waitsFor}</bdi>
        </p>
      )}
    </>
  );
}

function Progress({ job }: { job: Job }) {
  const { connection } = useLive();
  const { frames } = job;
  const fresh = job.state === 'active' && connection === 'live';
  return (
    <div className={styles.progress}>
      <p>
        <strong>{percent(frames.done, frames.total)} %</strong>
        <span>
          {number(frames.done)} of {number(frames.total)} frames
        </span>
        {fresh && job.framesPerMinute !== null && <span>{speed(job.framesPerMinute)} a minute</span>}
        {fresh && job.secondsLeft !== null && <span>{timeLeft(job.secondsLeft)} left</span>}
      </p>
      <FrameBar counts={frames} tall />
      <FrameLegend counts={frames} />
    </div>
  );
}

function useJobTitle({ name, frames, state }: Job): void {
  const { connection } = useLive();
  const done = state === 'active' ? `${percent(frames.done, frames.total)} % · ` : '';
  const first = connection === 'lost' ? 'Not connected · ' : done;
  useEffect(() => {
    document.title = `${first}${name} · Akashganga`;
  }, [first, name]);
}

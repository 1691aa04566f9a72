import type { Job } from '@akashganga/protocol';
import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi, farmFiles } from '../api/farm-api.ts';
import { useJob } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { type FrameBoard, frameAt, indexOf, stateAt } from '../frames/frame-board.ts';
import { frameStateWords } from '../frames/frame-states.ts';
import { useFrameBoard } from '../frames/use-frame-board.ts';
import { Icon } from '../icons/icon.tsx';
import { useJobAction } from '../jobs/use-job-action.ts';
import { useLive } from '../live/live-context.tsx';
import { FrameLog } from '../log/frame-log.tsx';
import { Ago } from '../words/ago.tsx';
import { bytes, memory } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import { Attempts } from './attempts.tsx';
import { CompareControls } from './compare-controls.tsx';
import styles from './frame-page.module.css';
import { LightControls } from './light-controls.tsx';
import { type LightView, pictureAddress, pictureWay } from './shown-picture.ts';
import { type Compare, Viewer } from './viewer.tsx';

interface FrameProps {
  readonly id: string;
  readonly frame: number;
  /** The frame it is compared with. */
  readonly other: number | null;
}

/** One frame, large: its picture, compared with another if one likes, its attempts, and what Blender said. */
export function FramePage({ id, frame, other }: FrameProps) {
  const { data: job, error } = useJob(useQueryClient(), id);
  return (
    <>
      <a className={styles.back} href={links.job(id)}>
        <Icon name="back" size={16} /> <bdi>{job?.name ?? 'The job'}</bdi>
      </a>
      {job && <OpenFrame job={job} frame={frame} other={other} />}
      {!job && error && <p role="alert">{error.message}</p>}
      {!job && !error && <Skeleton height={320} radius="lg" />}
    </>
  );
}

function OpenFrame({ job, frame, other }: { job: Job } & Omit<FrameProps, 'id'>) {
  const { board, reading } = useFrameBoard(job.id, job.frames.total > 0);
  const index = indexOf(board, frame);
  const state = index === -1 ? null : stateAt(board, index);
  const step = (by: number) => {
    const next = index + by;
    if (index !== -1 && next >= 0 && next < board.size)
      location.hash = links.frame(job.id, frameAt(board, next), other);
  };
  return (
    <>
      <div className={styles.head}>
        <h1>
          Frame {frame}
          {state && <small>{frameStateWords[state]}</small>}
        </h1>
        <Steps job={job} board={board} index={index} onStep={step} />
      </div>
      {!state && !reading && <p role="status">This job has no frame {frame}.</p>}
      {state && (
        <div className={styles.columns}>
          <div className={styles.column}>
            <Picture {...{ job, frame, other, board }} isDone={state === 'done'} onStep={step} />
            <Log job={job.id} frame={frame} state={state} />
          </div>
          <About job={job} frame={frame} state={state} />
        </div>
      )}
    </>
  );
}

function Steps(props: { job: Job; board: FrameBoard; index: number; onStep: (by: number) => void }) {
  const { board, index, onStep } = props;
  return (
    <div className={styles.steps}>
      <Button variant="default" size="compact-md" disabled={index <= 0} onClick={() => onStep(-1)}>
        The frame before
      </Button>
      <Button
        variant="default"
        size="compact-md"
        disabled={index === -1 || index >= board.size - 1}
        onClick={() => onStep(1)}
      >
        The next
      </Button>
    </div>
  );
}

interface PictureProps {
  readonly job: Job;
  readonly frame: number;
  readonly other: number | null;
  readonly board: FrameBoard;
  readonly isDone: boolean;
  readonly onStep: (by: number) => void;
}

function Picture({ job, frame, other, board, isDone, onStep }: PictureProps) {
  const [compare, setCompare] = useState<Compare>('wipe');
  const [wipe, setWipe] = useState(50);
  const [gain, setGain] = useState(4);
  const [view, setView] = useState<LightView>({ exposure: 0, layer: null });
  if (!isDone) return <p className={styles.none}>There is no picture of it yet.</p>;
  const place = other === null ? -1 : indexOf(board, other);
  const isThere = place !== -1 && stateAt(board, place) === 'done';
  const way = pictureWay(job);
  const picture = pictureAddress(job, frame, view);
  const otherPicture = other !== null && isThere ? pictureAddress(job, other, view) : null;
  return (
    <section aria-label="Picture">
      <Viewer
        {...{ picture, wipe, gain, onStep }}
        other={otherPicture}
        compare={otherPicture === null ? 'alone' : compare}
        says={`Frame ${frame}`}
      >
        <a href={farmFiles.image(job.id, frame)} download>
          The file
        </a>
      </Viewer>
      {way === 'light' && <LightControls job={job.id} frame={frame} view={view} onView={setView} />}
      {way === 'small' && (
        <p className={styles.words}>
          Browsers do not show {job.probe?.extension ?? 'such'} pictures: this is it, small.
        </p>
      )}
      <CompareControls
        {...{ frame, compare, wipe, gain }}
        other={other}
        addresses={{ picture, other: otherPicture }}
        onOther={(next) => {
          // In the place of this address: going back leads to the job, not through every digit.
          history.replaceState(null, '', links.frame(job.id, frame, next));
          window.dispatchEvent(new HashChangeEvent('hashchange'));
        }}
        onCompare={setCompare}
        onWipe={setWipe}
        onGain={setGain}
      />
      {other !== null && !isThere && <p role="status">There is no picture of frame {other}.</p>}
    </section>
  );
}

function Log({ job, frame, state }: { job: string; frame: number; state: string }) {
  const failures = useFrameHistory(job, frame, state).data?.frame.failures ?? 0;
  return (
    <section className={styles.card} aria-label="Log">
      <h2>What Blender said</h2>
      <FrameLog key={frame} job={job} frame={frame} state={state} failures={failures} />
    </section>
  );
}

// The state is part of the key: with each change of it there is something new to read.
function useFrameHistory(job: string, frame: number, state: string) {
  const { epoch } = useLive();
  return useQuery({
    queryKey: ['frame', job, frame, state, epoch],
    queryFn: ({ signal }) => farmApi.frame(job, frame, signal),
  });
}

function About({ job, frame, state }: { job: Job; frame: number; state: ReturnType<typeof stateAt> }) {
  const { connection } = useLive();
  const history = useFrameHistory(job.id, frame, state);
  const act = useJobAction(job.id);
  const known = history.data?.frame;
  return (
    <div className={styles.column}>
      <section className={styles.card} aria-label="About the frame">
        <h2>About it</h2>
        {history.error && <p role="alert">{history.error.message}</p>}
        {known && (
          <dl className={styles.facts}>
            {known.seconds !== null && <Fact name="Took">{measured(known.seconds)}</Fact>}
            {known.memory !== null && <Fact name="Memory">{memory(known.memory)}</Fact>}
            {known.size !== null && <Fact name="File">{bytes(known.size)}</Fact>}
            {known.at !== null && (
              <Fact name="Since">
                <Ago at={known.at} />
              </Fact>
            )}
            <Fact name="Failed">{timesWords(known.failures)}</Fact>
          </dl>
        )}
        {(state === 'done' || state === 'failed' || state === 'canceled') && (
          <Button
            variant="light"
            size="compact-sm"
            leftSection={<Icon name="retry" size={16} />}
            disabled={connection !== 'live'}
            loading={act.isPending}
            onClick={() => act.mutate({ frames: String(frame) })}
          >
            Render again
          </Button>
        )}
        {act.error && <p role="alert">{act.error.message}</p>}
      </section>
      {history.data && history.data.attempts.length > 0 && (
        <section className={styles.card} aria-label="Attempts">
          <h2>Attempts</h2>
          <Attempts attempts={history.data.attempts} />
        </section>
      )}
    </div>
  );
}

function timesWords(times: number): string {
  if (times < 2) return times === 0 ? 'never' : 'once';
  return `${times} times`;
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

import type { Job } from '@akashganga/protocol';
import { Button, Loader } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useFarm, useJob } from '../api/queries.ts';
import { Thumbnail } from '../frames/thumbnail.tsx';
import { Icon } from '../icons/icon.tsx';
import { useJobAction } from '../jobs/use-job-action.ts';
import { count } from '../words/amount.ts';
import { timeLeft } from '../words/duration.ts';
import styles from './ready-to-start.module.css';

/** A preview is this many percent as wide and high as the job's frames. */
const PREVIEW_SCALE = 25;

/** Whether a job was read and waits for its first start. */
export function isReadyToStart(job: Job): boolean {
  return job.state === 'paused' && job.startedAt === null && job.frames.total > 0;
}

/** What a job that was only looked at needs from a person: perhaps a preview, then the start. */
export function ReadyToStart({ job }: { job: Job }) {
  const act = useJobAction(job.id);
  const [preview, setPreview] = useState<string | null>(null);
  const ask = useMutation({
    mutationFn: () => farmApi.submit(previewOf(job)),
    onSuccess: ({ id }) => setPreview(id),
  });
  return (
    <section className={styles.ready} aria-label="Ready to start">
      <div>
        <h2>Read, and ready to start</h2>
        <p>{count(job.frames.total, 'frame')}. Nothing renders until you start it.</p>
        <div className={styles.buttons}>
          <Button
            leftSection={<Icon name="play" />}
            loading={act.isPending}
            onClick={() => act.mutate('resume')}
          >
            Start rendering
          </Button>
          {preview === null && (
            <Button
              variant="default"
              leftSection={<Icon name="picture" />}
              loading={ask.isPending}
              onClick={() => ask.mutate()}
            >
              Preview one frame
            </Button>
          )}
        </div>
        {(ask.error ?? act.error) && <p role="alert">{(ask.error ?? act.error)?.message}</p>}
      </div>
      {preview !== null && <Preview id={preview} job={job} />}
    </section>
  );
}

function Preview({ id, job }: { id: string; job: Job }) {
  const preview = useJob(useQueryClient(), id).data;
  const slots = useFarm().data?.slots ?? 1;
  if (!preview || preview.state === 'queued' || preview.state === 'active') {
    return (
      <p className={styles.waits} role="status">
        <Loader size="sm" />{' '}
        {preview?.waitsFor ? `Waits for ${preview.waitsFor}` : 'Rendering one small frame'}
      </p>
    );
  }
  if (preview.state !== 'completed')
    return <p role="alert">{preview.problem?.says ?? 'The preview was stopped.'}</p>;
  const frame = Number(preview.frameSpec);
  const seconds = estimate(job, preview, slots);
  return (
    <figure className={styles.preview}>
      <Thumbnail job={id} frame={frame} />
      <figcaption>
        Frame {frame}, small.
        {seconds !== null &&
          ` At full size the whole job takes roughly ${timeLeft(seconds).replace(/^about /, '')}.`}
      </figcaption>
    </figure>
  );
}

/** One frame from the middle, small, before everything else. */
function previewOf(job: Job) {
  const range = job.probe ? [job.probe.frameStart, job.probe.frameEnd] : [1, 1];
  const asked = /^(-?\d+)-(-?\d+)/.exec(job.frameSpec ?? '');
  const [first = 1, last = first] = asked ? [Number(asked[1]), Number(asked[2])] : range;
  const lone = /^-?\d+/.exec(job.frameSpec ?? '');
  const middle = asked ? Math.floor((first + last) / 2) : Number(lone?.[0] ?? first);
  const { submitter, scene, settings, tags, needs } = job;
  return {
    ...{ submitter, scene, tags, needs },
    name: `${job.name.slice(0, 180)}, preview`,
    frames: String(middle),
    settings: {
      ...settings,
      scale: Math.max(1, Math.round(((settings.scale ?? 100) * PREVIEW_SCALE) / 100)),
    },
    priority: 100,
  };
}

/** Seconds for the whole job on the farm as it is: time grows with the pixels, which is true of large frames only. */
function estimate(job: Job, preview: Job, slots: number): number | null {
  if (preview.frameSeconds === null) return null;
  const one = preview.frameSeconds * (100 / PREVIEW_SCALE) ** 2;
  return (one * job.frames.total) / Math.max(1, Math.min(slots, job.frames.total));
}

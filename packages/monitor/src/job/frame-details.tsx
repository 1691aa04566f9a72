import type { Job } from '@akashganga/protocol';
import { ActionIcon, Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { farmApi } from '../api/farm-api.ts';
import { links } from '../app/route.ts';
import { Attempts } from '../frame/attempts.tsx';
import { type FrameBoard, indexOf, stateAt } from '../frames/frame-board.ts';
import { frameStateWords } from '../frames/frame-states.ts';
import { Thumbnail } from '../frames/thumbnail.tsx';
import { Icon } from '../icons/icon.tsx';
import { useJobAction } from '../jobs/use-job-action.ts';
import { useLive } from '../live/live-context.tsx';
import { bytes } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import styles from './frame-details.module.css';

/** One frame: its picture, its attempts, and what can be done with it. */
export function FrameDetails(props: { job: Job; board: FrameBoard; frame: number; onClose: () => void }) {
  const { job, board, frame, onClose } = props;
  const client = useQueryClient();
  const state = stateAt(board, indexOf(board, frame));
  const { epoch, connection } = useLive();
  // The state is part of the key: with each change of it there is something new to read.
  const history = useQuery({
    queryKey: ['frame', job.id, frame, state, epoch],
    queryFn: ({ signal }) => farmApi.frame(job.id, frame, signal),
    placeholderData: () => client.getQueryData(['failed-frame', job.id, frame]),
  });
  const act = useJobAction(job.id);
  const ended = state === 'failed' || state === 'done' || state === 'canceled';
  return (
    <section className={styles.details} aria-label={`Frame ${frame}`}>
      <header>
        <h3>
          Frame {frame}, {frameStateWords[state]}
        </h3>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label="Close the frame">
          <Icon name="cross" />
        </ActionIcon>
      </header>
      {state === 'done' && (
        <a href={links.frame(job.id, frame)} className={styles.picture}>
          <Thumbnail job={job.id} frame={frame} rest={0} />
        </a>
      )}
      <FrameFacts history={history.data} />
      {history.error && <p role="alert">{history.error.message}</p>}
      <Attempts attempts={history.data?.attempts ?? []} />
      <div className={styles.actions}>
        <a href={links.frame(job.id, frame)}>
          {state === 'done' ? 'Look at it closely' : 'Its attempts and what Blender said'}
        </a>
        {ended && (
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
      </div>
      {act.error && <p role="alert">{act.error.message}</p>}
    </section>
  );
}

function FrameFacts({ history }: { history: Awaited<ReturnType<typeof farmApi.frame>> | undefined }) {
  const { frame } = history ?? {};
  if (!frame || (frame.seconds === null && frame.size === null)) return null;
  return (
    <p className={styles.facts}>
      {frame.seconds !== null && <span>{measured(frame.seconds)}</span>}
      {frame.size !== null && <span>{bytes(frame.size)}</span>}
    </p>
  );
}

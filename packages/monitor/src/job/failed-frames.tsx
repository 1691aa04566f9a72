import type { Job } from '@akashganga/protocol';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type FrameHistory, farmApi } from '../api/farm-api.ts';
import { framesIn } from '../frames/frame-board.ts';
import type { BoardView } from '../frames/use-frame-board.ts';
import { Icon } from '../icons/icon.tsx';
import { count } from '../words/amount.ts';
import { spans } from '../words/spans.ts';
import { type Failure, groupFailures } from './group-failures.ts';
import styles from './job-page.module.css';

/** The reasons of so many failed frames are read; the others mostly died of the same. */
const MOST = 24;

/** Why frames failed, in words, each reason once. */
export function FailedFrames(props: { job: Job; view: BoardView; onSelect: (frame: number) => void }) {
  const { job, view, onSelect } = props;
  const any = job.frames.failed > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the board changes in place, its version says when
  const frames = useMemo(
    () => (any ? framesIn(view.board, 'failed', MOST) : []),
    [any, view.board, view.version],
  );
  const histories = useQueries({
    queries: frames.map((frame) => ({
      queryKey: ['failed-frame', job.id, frame],
      queryFn: ({ signal }: { signal: AbortSignal }) => farmApi.frame(job.id, frame, signal),
      // A frame that failed again may have another reason.
      gcTime: 0,
    })),
  });
  if (frames.length === 0) return null;
  const groups = groupFailures(histories.flatMap(({ data }) => (data ? [failureOf(data)] : [])));
  return (
    <section className={styles.card} aria-label="Failed frames">
      <h2>{count(job.frames.failed, 'failed frame')}</h2>
      <ul className={styles.failures}>
        {groups.map((group) => (
          <li key={`${group.code}-${group.frames[0]}`}>
            <Icon name="warning" size={16} />
            <div>
              <bdi>{group.says}</bdi>
              <button type="button" onClick={() => onSelect(group.frames[0] ?? 0)}>
                {group.frames.length === 1 ? 'Frame' : 'Frames'} {spans(group.frames)}
              </button>
            </div>
          </li>
        ))}
      </ul>
      {job.frames.failed > MOST && <p className={styles.note}>The first {MOST} were looked at.</p>}
    </section>
  );
}

function failureOf({ frame, attempts }: FrameHistory): Failure {
  const last = attempts.findLast((attempt) => attempt.problem !== null)?.problem;
  return { frame: frame.frame, code: last?.code ?? '', says: last?.says ?? 'The farm does not know why.' };
}

import type { ShownAttempt } from '@akashganga/protocol';
import { useWorkers } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { Icon } from '../icons/icon.tsx';
import { Ago } from '../words/ago.tsx';
import { measured } from '../words/duration.ts';
import styles from './attempts.module.css';
import { remedyOf } from './remedy.ts';

const outcomes = { done: 'Done', failed: 'Failed', lost: 'Lost on the way' } as const;

/** What became of each try at a frame, in plain words, and who can do something about it. */
export function Attempts({ attempts }: { attempts: readonly ShownAttempt[] }) {
  const names = new Map(useWorkers().data?.map((worker) => [worker.id, worker.name]));
  return (
    <ol className={styles.attempts}>
      {attempts.map((attempt) => (
        <li key={`${attempt.at}-${attempt.outcome}`} data-outcome={attempt.outcome}>
          <p>
            <Icon name={attempt.outcome === 'done' ? 'check' : 'warning'} size={15} />
            {outcomes[attempt.outcome]}
            {attempt.worker !== null && (
              <>
                {' on '}
                <a href={links.worker(attempt.worker)}>
                  <bdi>{names.get(attempt.worker) ?? attempt.worker}</bdi>
                </a>
              </>
            )}
            {attempt.seconds !== null && ` after ${measured(attempt.seconds)}`}, <Ago at={attempt.at} />
          </p>
          {attempt.problem && (
            <p>
              <bdi>{attempt.problem.says}</bdi> <code>{attempt.problem.code}</code>
            </p>
          )}
          {attempt.class !== null && <p className={styles.remedy}>{remedyOf(attempt.class)}</p>}
        </li>
      ))}
    </ol>
  );
}

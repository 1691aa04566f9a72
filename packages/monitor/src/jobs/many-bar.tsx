import type { Job } from '@akashganga/protocol';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { AskOnce } from '../app/ask-once.tsx';
import { Icon, type IconName } from '../icons/icon.tsx';
import { useLive } from '../live/live-context.tsx';
import { count } from '../words/amount.ts';
import { jobActions } from './job-words.ts';
import styles from './many-bar.module.css';
import { type ManyAction, useManyJobs } from './use-many-jobs.ts';

const offers: readonly { says: string; icon: IconName; action: ManyAction; done: string }[] = [
  { says: 'Pause', icon: 'pause', action: 'pause', done: 'Paused' },
  { says: 'Resume', icon: 'play', action: 'resume', done: 'Resumed' },
  { says: 'Retry failed', icon: 'retry', action: 'retry', done: 'Trying again' },
  { says: 'Before the others', icon: 'up', action: { priority: 80 }, done: 'Put before the others:' },
  { says: 'After the others', icon: 'down', action: { priority: 20 }, done: 'Put after the others:' },
  { says: 'Cancel', icon: 'stop', action: 'cancel', done: 'Canceled' },
];

/** What can be done to the selected jobs at once; what can be taken back offers that afterwards. */
export function ManyBar({ jobs, onClear }: { jobs: readonly Job[]; onClear: () => void }) {
  const { connection } = useLive();
  const { act, undo } = useManyJobs();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState('');
  const off = connection !== 'live' || act.isPending || undo.isPending;
  const start = (action: ManyAction, done: string) => {
    setSaid(done);
    undo.reset();
    act.mutate({ jobs, action });
  };
  const fits = (action: ManyAction) =>
    typeof action === 'object' || jobs.some((job) => jobActions(job).includes(action));
  if (jobs.length === 0 && !act.data) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Selected jobs">
      {jobs.length > 0 && (
        <>
          <strong>{count(jobs.length, 'job')} selected</strong>
          {offers
            .filter(({ action }) => fits(action))
            .map(({ says, icon, action, done }) => (
              <Button
                key={says}
                size="compact-sm"
                variant="default"
                disabled={off}
                leftSection={<Icon name={icon} size={15} />}
                onClick={() => (action === 'cancel' ? setAsking(true) : start(action, done))}
              >
                {says}
              </Button>
            ))}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
            Select none
          </Button>
        </>
      )}
      {act.data && (
        <span role="status">
          {act.data.refused ?? (undo.isSuccess ? 'As before.' : `${said} ${count(act.data.count, 'job')}.`)}
          {act.data.undo.length > 0 && !undo.isSuccess && (
            <Button
              size="compact-sm"
              variant="subtle"
              disabled={off}
              onClick={() => undo.mutate(act.data.undo)}
            >
              Undo
            </Button>
          )}
        </span>
      )}
      <AskOnce
        opened={asking}
        title={`Cancel ${count(jobs.length, 'job')}?`}
        yes="Cancel them"
        onNo={() => setAsking(false)}
        onYes={() => start('cancel', 'Canceled')}
      >
        <p style={{ margin: 0 }}>Frames that are done stay. They can be retried later.</p>
      </AskOnce>
    </div>
  );
}

import type { Job } from '@akashganga/protocol';
import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { AskOnce } from '../app/ask-once.tsx';
import { Icon, type IconName } from '../icons/icon.tsx';
import { RowButton } from '../lists/row-button.tsx';
import { RowMenu } from '../lists/row-menu.tsx';
import { useLive } from '../live/live-context.tsx';
import { type JobAction, jobActions } from './job-words.ts';
import { useJobAction } from './use-job-action.ts';

const looks: Readonly<Record<JobAction, { says: string; icon: IconName }>> = {
  pause: { says: 'Pause', icon: 'pause' },
  resume: { says: 'Resume', icon: 'play' },
  retry: { says: 'Retry failed', icon: 'retry' },
  cancel: { says: 'Cancel', icon: 'stop' },
  delete: { says: 'Delete', icon: 'bin' },
};

/** Where no frame failed, a retry renders what was canceled. */
function wordFor(action: JobAction, { frames }: Job): string {
  return action === 'retry' && frames.failed === 0 ? 'Render the rest' : looks[action].says;
}

const questions: Partial<Record<JobAction, { title: string; yes: string; says: string }>> = {
  cancel: {
    title: 'Cancel this job?',
    yes: 'Cancel the job',
    says: 'Nothing more of it is rendered. Frames that are done stay, and the job can be retried later.',
  },
  delete: {
    title: 'Delete this job?',
    yes: 'Delete the job',
    says: 'The job goes for good, with its frames and its film.',
  },
};

const priorities = [
  { says: 'Before the others', priority: 80, icon: 'up' },
  { says: 'As usual', priority: 50, icon: 'dots' },
  { says: 'After the others', priority: 20, icon: 'down' },
] as const;

/** What can be done with a job: the first thing as a button, the rest in a menu. */
export function JobActions({ job, large = false }: { job: Job; large?: boolean }) {
  const act = useJobAction(job.id);
  const { connection } = useLive();
  const [asked, setAsked] = useState<JobAction | null>(null);
  const [first, ...rest] = jobActions(job).filter((action) => action !== 'cancel' && action !== 'delete');
  const grave = jobActions(job).filter((action) => action === 'cancel' || action === 'delete');
  const off = connection !== 'live' || act.isPending;
  const start = (action: JobAction) => (questions[action] ? setAsked(action) : act.mutate(action));
  return (
    <>
      {act.error && <span role="alert">{act.error.message}</span>}
      {first && <MainAction action={first} job={job} large={large} off={off} onAct={start} />}
      <RowMenu
        label={`More for ${job.name}`}
        items={() => (
          <>
            {[...rest, ...grave].map((action) => (
              <Menu.Item
                key={action}
                disabled={off}
                {...(action === 'delete' ? { style: { color: 'var(--ag-failed-text)' } } : {})}
                leftSection={<Icon name={looks[action].icon} />}
                onClick={() => start(action)}
              >
                {wordFor(action, job)}
              </Menu.Item>
            ))}
            <Menu.Label>Priority, now {job.priority}</Menu.Label>
            {priorities.map(({ says, priority, icon }) => (
              <Menu.Item
                key={priority}
                disabled={off || job.priority === priority}
                leftSection={<Icon name={icon} />}
                onClick={() => act.mutate({ priority })}
              >
                {says}
              </Menu.Item>
            ))}
          </>
        )}
      />
      <Question job={job} asked={asked} onNo={() => setAsked(null)} onYes={(action) => act.mutate(action)} />
    </>
  );
}

function MainAction(props: {
  action: JobAction;
  job: Job;
  large: boolean;
  off: boolean;
  onAct: (action: JobAction) => void;
}) {
  const { action, job, large, off, onAct } = props;
  const { icon } = looks[action];
  const says = wordFor(action, job);
  if (large) {
    return (
      <Button variant="light" disabled={off} leftSection={<Icon name={icon} />} onClick={() => onAct(action)}>
        {says}
      </Button>
    );
  }
  return (
    <RowButton
      icon={icon}
      disabled={off}
      aria-label={`${says}: ${job.name}`}
      title={says}
      onClick={() => onAct(action)}
    />
  );
}

function Question(props: {
  job: Job;
  asked: JobAction | null;
  onNo: () => void;
  onYes: (action: JobAction) => void;
}) {
  const { job, asked, onNo, onYes } = props;
  const question = asked === null ? undefined : questions[asked];
  return (
    <AskOnce
      opened={question !== undefined}
      title={question?.title ?? ''}
      yes={question?.yes ?? ''}
      onNo={onNo}
      onYes={() => asked !== null && onYes(asked)}
    >
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong>
          <bdi>{job.name}</bdi>
        </strong>
      </p>
      <p style={{ margin: '6px 0 0' }}>{question?.says}</p>
    </AskOnce>
  );
}

import type { Worker } from '@akashganga/protocol';
import { Menu } from '@mantine/core';
import { useState } from 'react';
import { AskOnce } from '../app/ask-once.tsx';
import { Icon, type IconName } from '../icons/icon.tsx';
import { RowMenu } from '../lists/row-menu.tsx';
import { useLive } from '../live/live-context.tsx';
import { useWorkerAction } from './use-worker-action.ts';
import { type WorkerAction, workerActions } from './worker-words.ts';

const looks: Readonly<Record<WorkerAction, { says: string; icon: IconName }>> = {
  drain: { says: 'Drain: finish and rest', icon: 'hourglass' },
  wake: { says: 'Wake: give it work', icon: 'play' },
  forgive: { says: 'Forgive: try it again', icon: 'retry' },
  remove: { says: 'Remove from the farm', icon: 'bin' },
};

export function WorkerMenu({ worker }: { worker: Worker }) {
  const act = useWorkerAction(worker.id);
  const { connection } = useLive();
  const [asking, setAsking] = useState(false);
  const start = (action: WorkerAction) => (action === 'remove' ? setAsking(true) : act.mutate(action));
  return (
    <>
      {act.error && <span role="alert">{act.error.message}</span>}
      <RowMenu
        label={`What to do with ${worker.name}`}
        items={() =>
          workerActions(worker).map((action) => (
            <Menu.Item
              key={action}
              disabled={connection !== 'live' || act.isPending}
              {...(action === 'remove' ? { style: { color: 'var(--ag-failed-text)' } } : {})}
              leftSection={<Icon name={looks[action].icon} />}
              onClick={() => start(action)}
            >
              {looks[action].says}
            </Menu.Item>
          ))
        }
      />
      <AskOnce
        opened={asking}
        title="Remove this worker?"
        yes="Remove the worker"
        onNo={() => setAsking(false)}
        onYes={() => act.mutate('remove')}
      >
        <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
          What <bdi>{worker.name}</bdi> renders now is handed to others. It comes back by itself if its worker
          still runs.
        </p>
      </AskOnce>
    </>
  );
}

import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { AskOnce } from '../app/ask-once.tsx';
import { useLive } from '../live/live-context.tsx';
import styles from './people.module.css';

/** One thing in a list: what it is called, what is to be said of it, and how to end it, if it has not ended. */
export function Row(props: {
  name: string;
  says: ReactNode;
  /** What ends it: `Revoke`; null for what has ended. */
  end: string | null;
  ask: string;
  onEnd: () => void;
  children?: ReactNode;
}) {
  const [asks, setAsks] = useState(false);
  const { connection } = useLive();
  return (
    <li className={styles.row}>
      <div>
        <strong>
          <bdi>{props.name}</bdi>
        </strong>
        <small>{props.says}</small>
      </div>
      {props.children}
      {props.end !== null && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          disabled={connection !== 'live'}
          aria-label={`${props.end} ${props.name}`}
          onClick={() => setAsks(true)}
        >
          {props.end}
        </Button>
      )}
      <AskOnce
        opened={asks}
        title={`${props.end} ${props.name.slice(0, 60)}?`}
        yes={props.end ?? ''}
        onYes={props.onEnd}
        onNo={() => setAsks(false)}
      >
        {props.ask}
      </AskOnce>
    </li>
  );
}

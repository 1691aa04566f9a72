import { Loader } from '@mantine/core';
import { clockTime } from '../words/duration.ts';
import styles from './connection-banner.module.css';
import { useLive } from './live-context.tsx';

/** Says so when what is shown is no longer what is. */
export function ConnectionBanner() {
  const { connection, lostAt } = useLive();
  return (
    <div role="status" aria-live="polite">
      {connection === 'lost' && lostAt !== null && (
        <p className={styles.banner}>
          <Loader size={14} color="currentColor" aria-hidden="true" />
          <span>
            <strong>Not connected, trying again.</strong> What you see is how the farm was at{' '}
            {clockTime(lostAt)}.
          </span>
        </p>
      )}
    </div>
  );
}

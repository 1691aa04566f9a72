import { Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { isTold, mayAsk, stopTelling, tellMe, watchTelling } from '../tell/browser-notices.ts';
import styles from './people.module.css';

/** Whether this browser says it when a job ends. It is asked only when somebody presses the button. */
export function BrowserCard() {
  const told = useSyncExternalStore(watchTelling, isTold);
  const can = useSyncExternalStore(watchTelling, mayAsk);
  return (
    <section className={styles.card} aria-label="This browser">
      <h2>This browser</h2>
      <p>
        It can say when a job is done or failed and when a worker is sick, while this page is open in a tab.
      </p>
      {!can && (
        <p role="status">
          It does not let this page do so: it was forbidden in the browser’s settings, or the page’s address
          is not secure for it (https or this computer).
        </p>
      )}
      {can && (
        <Button variant="light" onClick={() => (told ? stopTelling() : void tellMe())}>
          {told ? 'Tell me no more' : 'Tell me in this browser'}
        </Button>
      )}
    </section>
  );
}

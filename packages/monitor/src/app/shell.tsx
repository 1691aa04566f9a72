import { useEffect, useRef } from 'react';
import { useFarm } from '../api/queries.ts';
import { Icon } from '../icons/icon.tsx';
import { Shortcuts } from '../keys/shortcuts.tsx';
import { useFocusKept } from '../keys/use-focus-kept.ts';
import { ConnectionBanner } from '../live/connection-banner.tsx';
import { useLive } from '../live/live-context.tsx';
import { Teller } from '../tell/teller.tsx';
import mark from './mark.svg';
import { Page } from './page.tsx';
import { links, type Route } from './route.ts';
import { SchemeSwitch } from './scheme-switch.tsx';
import styles from './shell.module.css';
import { useRoute } from './use-route.ts';

/** What stands around every page: the farm's name, the way to the pages, the connection. */
export function Shell() {
  const route = useRoute();
  const { connection } = useLive();
  const main = useFocusOnArrival(route);
  useFocusKept();
  return (
    <div className={styles.shell} data-live={connection !== 'lost'}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <Header route={route} />
      <ConnectionBanner />
      <Teller />
      <main ref={main} className={styles.main} tabIndex={-1}>
        <Page route={route} />
      </main>
    </div>
  );
}

function Header({ route }: { route: Route }) {
  const farm = useFarm();
  const here = (page: Route['page']) => (route.page === page ? ('page' as const) : undefined);
  return (
    <header className={styles.header}>
      <a className={styles.brand} href={links.farm} title={farm.data?.name ?? ''}>
        <img src={mark} alt="" width={34} height={34} />
        <span className={styles.names}>
          <strong>Akashganga</strong>
          <bdi>{farm.data?.name}</bdi>
        </span>
      </a>
      <nav className={styles.nav} aria-label="Pages">
        <a href={links.farm} aria-current={here('farm') ?? here('job') ?? here('frame')}>
          Jobs
        </a>
        <a href={links.workers} aria-current={here('workers') ?? here('worker')}>
          Workers
        </a>
        <a href={links.wholeFarm} aria-current={here('whole-farm')}>
          Farm
        </a>
        <a className={styles.roomy} href={links.history} aria-current={here('history')}>
          History
        </a>
        <a className={styles.roomy} href={links.people} aria-current={here('people')}>
          People
        </a>
      </nav>
      <a className={styles.submit} href={links.submit} aria-current={here('submit')}>
        <Icon name="send" size={16} /> <span>Submit</span>
      </a>
      <Pulse />
      <Shortcuts />
      <SchemeSwitch />
    </header>
  );
}

const connectionWords = { joining: 'Connecting', live: 'Live', lost: 'Not connected' } as const;

function Pulse() {
  const { connection } = useLive();
  return (
    <span className={styles.pulse} data-connection={connection}>
      <i aria-hidden="true" />
      <span>{connectionWords[connection]}</span>
    </span>
  );
}

/** After a change of page the keyboard starts at the new one, and its top is in view. */
function useFocusOnArrival(route: Route) {
  const main = useRef<HTMLElement>(null);
  const last = useRef(route);
  useEffect(() => {
    const before = last.current;
    if (before === route) return;
    last.current = route;
    // From frame to frame of a job only the picture changes.
    if (before.page === 'frame' && route.page === 'frame' && before.job === route.job) return;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [route]);
  return main;
}

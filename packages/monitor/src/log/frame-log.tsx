import { Button, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { farmApi, farmFiles } from '../api/farm-api.ts';
import { useWorkers } from '../api/queries.ts';
import { links } from '../app/route.ts';
import { Icon } from '../icons/icon.tsx';
import { number } from '../words/amount.ts';
import styles from './frame-log.module.css';
import { logLines, markedParts } from './log-lines.ts';
import { useLiveLog } from './use-live-log.ts';

/** So near to the end is at the end. Pixels. */
const AT_END = 24;

/** What Blender said of a frame, searchable. While it is rendered its lines are followed; the whole log comes with its end. */
export function FrameLog(props: { job: string; frame: number; state: string; failures: number }) {
  const { job, frame, state, failures } = props;
  const ended = state === 'done' || state === 'failed' || state === 'canceled';
  const [search, setSearch] = useState('');
  const log = useQuery({
    queryKey: ['frame-log', job, frame, state, failures],
    queryFn: ({ signal }) => farmApi.log(job, frame, signal),
    placeholderData: keepPreviousData,
    enabled: ended || failures > 0,
    retry: false,
  });
  const live = useLiveLog(job, frame, !ended);
  const isLive = live.lines.length > 0 && (!ended || log.data === undefined);
  const text = isLive ? live.lines.join('\n') : (log.data ?? '');
  const before = isLive ? live.from : 0;
  const found = useMemo(() => logLines(text, search, before), [text, search, before]);
  return (
    <>
      <div className={styles.tools}>
        <TextInput
          aria-label="Search the log"
          placeholder="Search"
          size="sm"
          leftSection={<Icon name="search" size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <span role="status">
          {search === ''
            ? `${number(found.all)} lines`
            : `${number(found.lines.length)} of ${number(found.all)} lines`}
          {found.left > 0 && `, the first ${number(found.left)} left out`}
        </span>
        {found.all > 0 && !isLive && (
          <Button
            component="a"
            variant="subtle"
            size="compact-sm"
            href={farmFiles.log(job, frame)}
            target="_blank"
          >
            All of it as text
          </Button>
        )}
      </div>
      {log.data === undefined && log.error && <p className={styles.none}>{log.error.message}</p>}
      {live.failed !== null && <NotFollowed why={live.failed} onAgain={live.again} />}
      {isLive && !ended && live.failed === null && <Where worker={live.worker} />}
      {log.data === '' && !isLive && <p className={styles.none}>Blender said nothing of this frame.</p>}
      {!ended && !isLive && live.failed === null && (
        <p className={styles.none}>What Blender says is shown here while it renders.</p>
      )}
      {found.lines.length > 0 && <Lines lines={found.lines} search={search} follow={isLive} />}
    </>
  );
}

/** Whose words these are. */
function Where({ worker }: { worker: string | null }) {
  const name = useWorkers().data?.find(({ id }) => id === worker)?.name;
  return (
    <p className={styles.none} role="status">
      Live
      {name !== undefined && worker !== null && (
        <>
          {' on '}
          <a href={links.worker(worker)}>
            <bdi>{name}</bdi>
          </a>
        </>
      )}
      . Scroll to the end to follow.
    </p>
  );
}

/** It is asked again by itself; who does not want to wait says so. */
function NotFollowed({ why, onAgain }: { why: string; onAgain: () => void }) {
  return (
    <p className={styles.broken} role="alert">
      <span>The log is not followed now, and is asked for again every few seconds. {why}</span>
      <Button variant="default" size="compact-sm" onClick={onAgain}>
        Ask now
      </Button>
    </p>
  );
}

interface LinesProps {
  readonly lines: ReturnType<typeof logLines>['lines'];
  readonly search: string;
  /** Keep the end in view for whoever looks at it. */
  readonly follow: boolean;
}

function Lines({ lines, search, follow }: LinesProps) {
  const { box, onScroll } = useEndInView(lines, follow);
  return (
    <div
      ref={box}
      onScroll={onScroll}
      className={styles.lines}
      role="log"
      aria-label="What Blender said"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
    >
      {lines.map((line) => (
        <div key={line.number}>
          <span aria-hidden="true">{line.number}</span>
          <bdi>
            {markedParts(line.text, search).map((part, index) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other name
              index % 2 === 1 ? <mark key={index}>{part}</mark> : part,
            )}
          </bdi>
        </div>
      ))}
    </div>
  );
}

/** Scrolls along with new lines, unless somebody scrolled away from the end. */
function useEndInView(lines: unknown, follow: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lastTop = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new line
  useLayoutEffect(() => {
    if (follow && isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, follow]);
  const onScroll = () => {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = box.current ?? {};
    // Only who scrolls up leaves the end: it also moves away by itself, with lines that come.
    if (scrollTop + clientHeight >= scrollHeight - AT_END) isAtEnd.current = true;
    else if (scrollTop < lastTop.current) isAtEnd.current = false;
    lastTop.current = scrollTop;
  };
  return { box, onScroll };
}

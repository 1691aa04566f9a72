import { Button, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { farmApi, farmFiles } from '../api/farm-api.ts';
import { Icon } from '../icons/icon.tsx';
import { number } from '../words/amount.ts';
import styles from './frame-log.module.css';
import { logLines, markedParts } from './log-lines.ts';

const AGAIN_MS = 2000;

/** What Blender said of a frame: searchable, and followed while it renders. `key`: changes when there is something new to read. */
export function FrameLog({ job, frame, state }: { job: string; frame: number; state: string }) {
  const renders = state === 'rendering' || state === 'leased' || state === 'delivering';
  const [search, setSearch] = useState('');
  const log = useQuery({
    queryKey: ['frame-log', job, frame, state],
    queryFn: ({ signal }) => farmApi.log(job, frame, signal),
    placeholderData: keepPreviousData,
    refetchInterval: renders ? AGAIN_MS : false,
    retry: false,
  });
  const found = useMemo(() => logLines(log.data ?? '', search), [log.data, search]);
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
        {found.all > 0 && (
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
      {log.data === '' && (
        <p className={styles.none}>
          {renders ? 'Nothing has been heard of it yet.' : 'Blender said nothing of this frame.'}
        </p>
      )}
      {found.lines.length > 0 && (
        <Lines lines={found.lines} search={search} follows={renders && search === ''} />
      )}
    </>
  );
}

function Lines({
  lines,
  search,
  follows,
}: {
  lines: ReturnType<typeof logLines>['lines'];
  search: string;
  follows: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are the reason to go to the end
  useEffect(() => {
    if (follows && atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, follows]);
  return (
    <div
      ref={box}
      className={styles.lines}
      role="log"
      aria-label="What Blender said"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
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

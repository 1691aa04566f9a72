import { Button, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { farmApi, farmFiles } from '../api/farm-api.ts';
import { Icon } from '../icons/icon.tsx';
import { number } from '../words/amount.ts';
import styles from './frame-log.module.css';
import { logLines, markedParts } from './log-lines.ts';

/** What Blender said of a frame, searchable. The farm has the log of an attempt when that has ended. */
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
      {log.data === '' && <p className={styles.none}>Blender said nothing of this frame.</p>}
      {!ended && <p className={styles.none}>What Blender says comes with the end of the frame.</p>}
      {found.lines.length > 0 && <Lines lines={found.lines} search={search} />}
    </>
  );
}

function Lines({ lines, search }: { lines: ReturnType<typeof logLines>['lines']; search: string }) {
  return (
    <div
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

import type { Statistic } from '@akashganga/protocol';
import { Button } from '@mantine/core';
import { memo, type ReactNode, useMemo, useState } from 'react';
import { memory, number } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import styles from './statistics-table.module.css';

/** So many rows at first, and so many more each time they are asked for: a table of thousands takes long to draw. */
const ROWS = 50;

/** What was rendered, a row for each worker of a job or each job of a worker, who did most first. */
export const StatisticsTable = memo(function StatisticsTable(props: {
  rows: readonly Statistic[];
  of: string;
  name: (row: Statistic) => ReactNode;
}) {
  const { rows, of, name } = props;
  const [most, setMost] = useState(ROWS);
  const sorted = useMemo(() => [...rows].sort((a, b) => b.done - a.done), [rows]);
  if (rows.length === 0) return <p className={styles.none}>Nothing was rendered yet.</p>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            <th scope="col">Frames</th>
            <th scope="col">Time</th>
            <th scope="col">Shortest</th>
            <th scope="col">Mean</th>
            <th scope="col">Longest</th>
            <th scope="col">Memory</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <tr key={`${row.job} ${row.worker}`}>
              <th scope="row">{name(row)}</th>
              <td>{number(row.done)}</td>
              <td>{measured(row.seconds)}</td>
              <td>{orNothing(row.shortest, measured)}</td>
              <td>{orNothing(row.mean, measured)}</td>
              <td>{orNothing(row.longest, measured)}</td>
              <td>{orNothing(row.memory, memory)}</td>
              <td>{row.failedAttempts === 0 ? '' : number(row.failedAttempts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > most && (
        <Button variant="subtle" size="compact-sm" onClick={() => setMost(most + ROWS)}>
          Show more, {number(sorted.length - most)} are left
        </Button>
      )}
    </div>
  );
});

function orNothing(value: number | null, words: (value: number) => string): string {
  return value === null ? '' : words(value);
}

import type { Statistic } from '@akashganga/protocol';
import type { ReactNode } from 'react';
import { memory, number } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import styles from './statistics-table.module.css';

/** What was rendered, a row for each worker of a job or each job of a worker, who did most first. */
export function StatisticsTable(props: {
  rows: readonly Statistic[];
  of: string;
  name: (row: Statistic) => ReactNode;
}) {
  const { rows, of, name } = props;
  if (rows.length === 0) return <p className={styles.none}>Nothing was rendered yet.</p>;
  const sorted = [...rows].sort((a, b) => b.done - a.done);
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
          {sorted.map((row) => (
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
    </div>
  );
}

function orNothing(value: number | null, words: (value: number) => string): string {
  return value === null ? '' : words(value);
}

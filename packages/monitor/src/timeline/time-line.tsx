import type { Job, TimeLine as Line } from '@akashganga/protocol';
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useWorkerFacts } from '../api/use-worker-facts.ts';
import { links } from '../app/route.ts';
import { number } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import { type Chosen, lineRows, piecesOf, stepTo } from './line-rows.ts';
import { chosenWords, outcomeWords, spentWords } from './line-words.ts';
import styles from './time-line.module.css';
import { TimeLineCanvas } from './time-line-canvas.tsx';
import { moveWindow, showInWindow, type TimeWindow, zoomWindow } from './time-window.ts';
import { LINE_COLUMNS, useTimeLine } from './use-time-line.ts';

/** Where the time of a job went: each attempt a bar on its worker's lanes, or, of many, how busy workers were. */
export function TimeLine({ job }: { job: Job }) {
  const [window, setWindow] = useState<TimeWindow | null>(null);
  const [after, setAfter] = useState<string | null>(null);
  const { data: line, error } = useTimeLine(job, window, after);
  const names = useNames();
  return (
    <>
      {error && <p role="alert">{error.message}</p>}
      {line && <p className={styles.spent}>{spentWords(line)}</p>}
      {line && line.first !== null && (
        <Drawn job={job} line={line} window={window} onWindow={setWindow} nameOf={names} />
      )}
      {line && (after !== null || line.next !== null) && (
        <div className={styles.pages}>
          <span>{number(line.workersInAll)} workers in all</span>
          {after !== null && (
            <Button variant="default" size="compact-sm" onClick={() => setAfter(null)}>
              The first workers
            </Button>
          )}
          {line.next !== null && (
            <Button variant="default" size="compact-sm" onClick={() => setAfter(line.next)}>
              The next workers
            </Button>
          )}
        </div>
      )}
    </>
  );
}

function useNames(): (worker: string | null) => string {
  const facts = useWorkerFacts();
  return useMemo(
    () => (worker) => (worker === null ? 'an unknown worker' : (facts.get(worker)?.name ?? worker)),
    [facts],
  );
}

interface DrawnProps {
  readonly job: Job;
  readonly line: Line;
  readonly window: TimeWindow | null;
  readonly onWindow: (window: TimeWindow | null) => void;
  readonly nameOf: (worker: string | null) => string;
}

function Drawn({ job, line, window, onWindow, nameOf }: DrawnProps) {
  const facts = useWorkerFacts();
  const rows = useMemo(
    () => lineRows(line, LINE_COLUMNS, (worker) => facts.get(worker ?? '')?.slots ?? null),
    [line, facts],
  );
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const all = { from: line.first ?? line.from, to: Math.max(line.last ?? line.to, (line.first ?? 0) + 1) };
  const shown = window ?? all;
  const zoom = (at: number, times: number) => {
    const next = zoomWindow(shown, all, at, times);
    onWindow(next.from <= all.from && next.to >= all.to ? null : next);
  };
  const middle = () => {
    const place = placeOfChosen(line, chosen);
    return place && place.to >= shown.from && place.from <= shown.to
      ? (place.from + place.to) / 2
      : (shown.from + shown.to) / 2;
  };
  const open = (what: Chosen | null) => {
    if (what?.piece) location.hash = links.frame(job.id, what.piece.frame);
    else if (what) zoom(middle(), 0.1);
  };
  const onKey = (key: string, shift: boolean): boolean => {
    if (key === '+' || key === '=') zoom(middle(), 0.5);
    else if (key === '-') zoom(middle(), 2);
    else if (key === '0') onWindow(null);
    else if (shift && (key === 'ArrowLeft' || key === 'ArrowRight'))
      onWindow(moveWindow(shown, all, key === 'ArrowLeft' ? -0.25 : 0.25));
    else if (key === 'Enter') open(chosen);
    else {
      const next = stepTo(rows, chosen, key);
      if (!next) return /^(Arrow|Home|End)/.test(key);
      setChosen(next);
      const place = placeOfChosen(line, next);
      if (place && window) onWindow(showInWindow(window, all, place));
    }
    return true;
  };
  const words = chosenWords(line, rows, chosen, nameOf);
  return (
    <>
      <div className={styles.tools}>
        <Button variant="default" size="compact-sm" onClick={() => zoom(middle(), 0.5)}>
          Closer
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          disabled={window === null}
          onClick={() => zoom(middle(), 2)}
        >
          Further
        </Button>
        <Button variant="default" size="compact-sm" disabled={window === null} onClick={() => onWindow(null)}>
          All of it
        </Button>
        <Legend />
      </div>
      <TimeLineCanvas
        {...{ rows, line, chosen, words, nameOf }}
        window={shown}
        zero={all.from}
        onChoose={setChosen}
        onOpen={open}
        onZoom={zoom}
        onMove={(part) => onWindow(moveWindow(shown, all, part))}
        onKey={onKey}
      />
      <p className={styles.chosen} role="status">
        {chosen ? words : 'Choose a bar to read what it was; Enter opens its frame.'}
        {chosen?.piece && (
          <>
            {' '}
            <a href={links.frame(job.id, chosen.piece.frame)}>Open frame {chosen.piece.frame}</a>
          </>
        )}
      </p>
      <Table {...{ job, line, rows, nameOf }} />
    </>
  );
}

function placeOfChosen(line: Line, chosen: Chosen | null): TimeWindow | null {
  if (chosen?.piece) return { from: chosen.piece.began, to: chosen.piece.ended };
  if (chosen?.column === undefined) return null;
  const wide = (line.to - line.from) / LINE_COLUMNS;
  const from = line.from + chosen.column * wide;
  return { from, to: from + wide };
}

function Legend() {
  return (
    <span className={styles.legend}>
      {(['done', 'failed', 'lost'] as const).map((outcome) => (
        <span key={outcome}>
          <i data-outcome={outcome} aria-hidden="true" /> {outcomeWords[outcome]}
        </span>
      ))}
    </span>
  );
}

const MOST_IN_TABLE = 100;

/** The same for who cannot see the drawing: the attempts in the window, or what each worker did in it. */
function Table({
  job,
  line,
  rows,
  nameOf,
}: Pick<DrawnProps, 'job' | 'line' | 'nameOf'> & { rows: ReturnType<typeof lineRows> }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open &&
        (line.inColumns ? (
          <WorkerTable rows={rows} nameOf={nameOf} />
        ) : (
          <AttemptTable {...{ job, line, rows, nameOf }} />
        ))}
    </details>
  );
}

function AttemptTable({ job, line, rows, nameOf }: Parameters<typeof Table>[0]) {
  const all = rows.flatMap((row) => piecesOf(row).map((piece) => ({ row, piece })));
  const shown = all.sort((a, b) => a.piece.began - b.piece.began).slice(0, MOST_IN_TABLE);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Frame</th>
            <th scope="col">Worker</th>
            <th scope="col">Begun after</th>
            <th scope="col">Took</th>
            <th scope="col">Became</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ row, piece }) => (
            <tr key={`${piece.frame} ${piece.began} ${row.worker}`}>
              <th scope="row">
                <a href={links.frame(job.id, piece.frame)}>{piece.frame}</a>
              </th>
              <td>
                <bdi>{nameOf(row.worker)}</bdi>
              </td>
              <td>{measured(Math.max(0, piece.began - (line.first ?? piece.began)) / 1000)}</td>
              <td>{measured((piece.ended - piece.began) / 1000)}</td>
              <td>{outcomeWords[piece.outcome]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > shown.length && (
        <p>
          The first {MOST_IN_TABLE} of {number(all.length)}: go closer to see others.
        </p>
      )}
    </>
  );
}

function WorkerTable({ rows, nameOf }: Pick<Parameters<typeof Table>[0], 'rows' | 'nameOf'>) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Worker</th>
          <th scope="col">Busy</th>
          <th scope="col">Done</th>
          <th scope="col">Failed</th>
          <th scope="col">Lost</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ worker, columns }) => {
          const sum = (of: 'busy' | 'done' | 'failed' | 'lost') =>
            columns.reduce((total, column) => total + column[of], 0);
          return (
            <tr key={worker}>
              <th scope="row">
                <bdi>{nameOf(worker)}</bdi>
              </th>
              <td>{measured(sum('busy'))}</td>
              <td>{number(sum('done'))}</td>
              <td>{number(sum('failed'))}</td>
              <td>{number(sum('lost'))}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

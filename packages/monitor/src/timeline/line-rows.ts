import type { TimeColumn, TimeLine, TimePiece } from '@akashganga/protocol';
import { AXIS, LANE, ROW_GAP } from './draw-time-line.ts';
import { timeLanes } from './time-lanes.ts';

/** Lanes of one worker that are drawn; what lies in further ones is said by the table. */
const MOST_LANES = 64;
const COLUMNS_HEIGHT = 26;

/** One worker's part of the drawing. Tops and heights in CSS pixels. */
export interface LineRow {
  readonly worker: string | null;
  readonly lanes: readonly (readonly TimePiece[])[];
  readonly columns: readonly TimeColumn[];
  readonly columnsInAll: number;
  /** The most slots that were busy at once, as far as columns tell. */
  readonly slots: number;
  readonly top: number;
  readonly height: number;
}

/** `slotsOf`: how many slots a worker has; null for one that is not known. */
export function lineRows(
  line: TimeLine,
  columnsInAll: number,
  slotsOf: (worker: string | null) => number | null,
): LineRow[] {
  const seconds = (line.to - line.from) / 1000 / columnsInAll;
  let top = AXIS;
  return line.workers.map(({ worker, pieces, columns }) => {
    const lanes = line.inColumns ? [] : timeLanes(pieces, slotsOf(worker)).slice(0, MOST_LANES);
    const height = line.inColumns ? COLUMNS_HEIGHT : Math.max(1, lanes.length) * LANE + 1;
    const busiest = columns.reduce((most, { busy }) => Math.max(most, busy / seconds), 0);
    const row = {
      worker,
      lanes,
      columns,
      columnsInAll,
      slots: Math.max(1, Math.ceil(busiest - 0.05)),
      top,
      height,
    };
    top += height + ROW_GAP;
    return row;
  });
}

/** The attempts of a row in the order in which they began. */
export function piecesOf(row: LineRow): TimePiece[] {
  return row.lanes.flat().sort((a, b) => a.began - b.began || a.frame - b.frame);
}

export interface Chosen {
  readonly row: number;
  readonly piece?: TimePiece;
  readonly column?: number;
}

/** What lies at a place of the drawing; `at` is a time, `y` in CSS pixels. */
export function rowAt(rows: readonly LineRow[], line: TimeLine, at: number, y: number): Chosen | null {
  const index = rows.findIndex((row) => y >= row.top && y < row.top + row.height + ROW_GAP);
  const row = rows[index];
  if (!row) return null;
  if (row.lanes.length === 0) {
    const column = Math.floor(((at - line.from) / Math.max(1, line.to - line.from)) * row.columnsInAll);
    return row.columns.some((one) => one.column === column) ? { row: index, column } : null;
  }
  const lane = row.lanes[Math.min(row.lanes.length - 1, Math.floor((y - row.top) / LANE))] ?? [];
  const piece = nearest(lane, at);
  return piece ? { row: index, piece } : null;
}

function nearest(lane: readonly TimePiece[], at: number): TimePiece | null {
  const away = (piece: TimePiece) => Math.max(piece.began - at, at - piece.ended, 0);
  return lane.reduce<TimePiece | null>(
    (best, piece) => (best === null || away(piece) < away(best) ? piece : best),
    null,
  );
}

/** Where a key leads: to the attempt (or column) before or after, or to the row above or below, near the same time. */
export function stepTo(rows: readonly LineRow[], chosen: Chosen | null, key: string): Chosen | null {
  if (!chosen) {
    const first = rows.findIndex((row) => row.lanes.length + row.columns.length > 0);
    return first === -1 ? null : edgeOf(rows, first, 0);
  }
  if (key === 'Home') return edgeOf(rows, chosen.row, 0);
  if (key === 'End') return edgeOf(rows, chosen.row, -1);
  if (key === 'ArrowUp' || key === 'ArrowDown') return acrossTo(rows, chosen, key === 'ArrowUp' ? -1 : 1);
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
  const by = key === 'ArrowLeft' ? -1 : 1;
  const row = rows[chosen.row];
  if (!row) return null;
  if (chosen.piece) {
    const pieces = piecesOf(row);
    const { frame, began } = chosen.piece;
    const place = pieces.findIndex((piece) => piece.frame === frame && piece.began === began);
    const piece = pieces[place + by];
    return piece ? { row: chosen.row, piece } : null;
  }
  const place = row.columns.findIndex((one) => one.column === chosen.column);
  const column = row.columns[place + by];
  return column ? { row: chosen.row, column: column.column } : null;
}

function edgeOf(rows: readonly LineRow[], index: number, place: 0 | -1): Chosen | null {
  const row = rows[index];
  if (!row) return null;
  const piece = piecesOf(row).at(place);
  if (piece) return { row: index, piece };
  const column = row.columns.at(place);
  return column ? { row: index, column: column.column } : null;
}

function acrossTo(rows: readonly LineRow[], chosen: Chosen, by: number): Chosen | null {
  const index = chosen.row + by;
  const row = rows[index];
  if (!row) return null;
  if (row.lanes.length > 0 && chosen.piece) {
    const piece = nearest(row.lanes.flat(), (chosen.piece.began + chosen.piece.ended) / 2);
    return piece ? { row: index, piece } : null;
  }
  const near = [...row.columns].sort(
    (a, b) => Math.abs(a.column - (chosen.column ?? 0)) - Math.abs(b.column - (chosen.column ?? 0)),
  )[0];
  return near ? { row: index, column: near.column } : edgeOf(rows, index, 0);
}

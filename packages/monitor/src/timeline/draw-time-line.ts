import type { AttemptOutcome, TimePiece } from '@akashganga/protocol';
import type { LineRow } from './line-rows.ts';
import type { Tick, TimeWindow } from './time-window.ts';

/** Heights in CSS pixels. */
export const LANE = 14;
export const ROW_GAP = 8;
export const AXIS = 22;

export interface LineColours {
  readonly done: string;
  readonly failed: string;
  readonly lost: string;
  readonly line: string;
  readonly sunk: string;
  readonly text: string;
  readonly dim: string;
}

/** The colours of `sky.css` as they are now. `scheme` is an argument so that a change of it is not missed. */
export function lineColours(element: Element, scheme: string): LineColours & { scheme: string } {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--ag-${name}`).trim();
  return {
    scheme,
    done: colour('done'),
    failed: colour('failed'),
    lost: colour('canceled'),
    line: colour('line'),
    sunk: colour('sunk'),
    text: colour('text'),
    dim: colour('dim'),
  };
}

export interface LinePicture {
  readonly rows: readonly LineRow[];
  readonly window: TimeWindow;
  readonly ticks: readonly Tick[];
  readonly width: number;
  readonly chosen: { readonly row: number; readonly piece?: TimePiece; readonly column?: number } | null;
}

/** Draws the axis and, below it, each row: a bar for each attempt, or for each column as high as slots were busy in it. */
export function drawTimeLine(
  pen: CanvasRenderingContext2D,
  picture: LinePicture,
  colours: LineColours,
): void {
  const { rows, width } = picture;
  const last = rows.at(-1);
  pen.clearRect(0, 0, width, last ? last.top + last.height : AXIS);
  drawAxis(pen, picture, colours);
  rows.forEach((row, index) => {
    pen.fillStyle = colours.sunk;
    pen.fillRect(0, row.top, width, row.height);
    if (row.lanes.length > 0) drawPieces(pen, picture, row, colours);
    else drawColumns(pen, picture, row, colours);
    if (picture.chosen?.row === index) frameChosen(pen, picture, row, colours);
  });
}

function drawAxis(
  pen: CanvasRenderingContext2D,
  { ticks, window, rows, width }: LinePicture,
  colours: LineColours,
) {
  const last = rows.at(-1);
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'top';
  for (const { at, words } of ticks) {
    const x = Math.round(placeOf(at, window, width)) + 0.5;
    pen.strokeStyle = colours.line;
    pen.beginPath();
    pen.moveTo(x, AXIS - 6);
    pen.lineTo(x, last ? last.top + last.height : AXIS);
    pen.stroke();
    pen.fillStyle = colours.dim;
    const long = pen.measureText(words).width;
    pen.fillText(words, Math.min(width - long, Math.max(0, x - long / 2)), 2);
  }
}

export function placeOf(at: number, { from, to }: TimeWindow, width: number): number {
  return ((at - from) / Math.max(1, to - from)) * width;
}

function drawPieces(
  pen: CanvasRenderingContext2D,
  { window, width }: LinePicture,
  row: LineRow,
  colours: LineColours,
) {
  row.lanes.forEach((lane, index) => {
    const top = row.top + index * LANE + 1;
    for (const piece of lane) {
      const x = placeOf(piece.began, window, width);
      const end = placeOf(piece.ended, window, width);
      if (end < 0 || x > width) continue;
      bar(
        pen,
        { x, wide: Math.max(1, end - x - (end - x > 4 ? 1 : 0)), top, high: LANE - 2 },
        piece.outcome,
        colours,
      );
    }
  });
}

interface Box {
  readonly x: number;
  readonly wide: number;
  readonly top: number;
  readonly high: number;
}

// Never by colour alone: what failed is notched from below, what was lost is hollow.
function bar(pen: CanvasRenderingContext2D, box: Box, outcome: AttemptOutcome, colours: LineColours): void {
  const { x, wide, top, high } = box;
  pen.fillStyle = colours[outcome];
  pen.fillRect(x, top, wide, high);
  pen.fillStyle = colours.sunk;
  if (outcome === 'lost' && wide > 3) pen.fillRect(x + 1.5, top + 1.5, wide - 3, high - 3);
  if (outcome === 'failed') pen.fillRect(x, top + high - 4, wide, 2);
}

function drawColumns(
  pen: CanvasRenderingContext2D,
  { window, width }: LinePicture,
  row: LineRow,
  colours: LineColours,
) {
  const wide = width / row.columnsInAll;
  const seconds = (window.to - window.from) / 1000 / row.columnsInAll;
  for (const { column, busy, failed, lost } of row.columns) {
    const high = Math.min(1, busy / seconds / row.slots) * (row.height - 2);
    const x = column * wide;
    pen.fillStyle = colours.done;
    pen.fillRect(x, row.top + row.height - 1 - high, Math.max(1, wide - 0.4), high);
    if (failed + lost === 0) continue;
    pen.fillStyle = failed > 0 ? colours.failed : colours.lost;
    pen.fillRect(x, row.top, Math.max(2, wide - 0.4), 4);
  }
}

function frameChosen(
  pen: CanvasRenderingContext2D,
  picture: LinePicture,
  row: LineRow,
  colours: LineColours,
) {
  const { chosen, window, width } = picture;
  pen.strokeStyle = colours.text;
  pen.lineWidth = 2;
  if (chosen?.piece) {
    const { piece } = chosen;
    const lane = row.lanes.findIndex((one) => one.includes(piece));
    const x = placeOf(piece.began, window, width);
    const wide = Math.max(3, placeOf(piece.ended, window, width) - x);
    pen.strokeRect(x, row.top + lane * LANE + 1, wide, LANE - 2);
  } else if (chosen?.column !== undefined) {
    const wide = width / row.columnsInAll;
    pen.strokeRect(chosen.column * wide, row.top + 1, Math.max(3, wide), row.height - 2);
  }
}

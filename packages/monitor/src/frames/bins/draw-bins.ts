import { type Bins, binLook, tally } from './bin-frames.ts';

/** The side of a cell in CSS pixels. */
export const CELL = 11;
const GAP = 2;

export interface BinColours {
  readonly waiting: string;
  readonly done: string;
  readonly working: string;
  readonly failed: string;
  readonly canceled: string;
  readonly chosen: string;
}

/** What of the bins is on the sheet. */
export interface Drawn {
  /** The last change that is drawn; -1: nothing is. */
  change: number;
  chosen: number;
}

/**
 * Draws a cell for each bin that is not drawn as it is: filled from below as its frames are done, a dot where someone
 * works, a cross for trouble. `drawn` is changed in place.
 */
export function drawBins(
  pen: CanvasRenderingContext2D,
  bins: Bins,
  columns: number,
  chosen: number,
  colours: BinColours,
  drawn: Drawn,
): void {
  for (let bin = 0; bin < bins.count; bin += 1) {
    const isNew = (bins.changes[bin] ?? 0) > drawn.change;
    if (!isNew && (drawn.chosen === chosen || (bin !== chosen && bin !== drawn.chosen))) continue;
    drawBin(pen, bins, bin, columns, bin === chosen, colours);
  }
  Object.assign(drawn, { change: bins.change, chosen });
}

function drawBin(
  pen: CanvasRenderingContext2D,
  bins: Bins,
  bin: number,
  columns: number,
  isChosen: boolean,
  colours: BinColours,
): void {
  const side = CELL - GAP;
  const look = binLook(tally(bins, bin));
  const [left, top] = [(bin % columns) * CELL, Math.floor(bin / columns) * CELL];
  const [x, y] = [left + GAP / 2, top + GAP / 2];
  pen.clearRect(left, top, CELL, CELL);
  pen.fillStyle = look.canceled ? colours.canceled : colours.waiting;
  pen.fillRect(x, y, side, side);
  pen.fillStyle = colours.done;
  pen.fillRect(x, y + side * (1 - look.done), side, side * look.done);
  if (look.working) dot(pen, x, y, side, colours.working);
  if (look.failed) cross(pen, x, y, side, colours);
  if (!isChosen) return;
  pen.strokeStyle = colours.chosen;
  pen.lineWidth = 1.5;
  pen.strokeRect(x - 0.25, y - 0.25, side + 0.5, side + 0.5);
}

function dot(pen: CanvasRenderingContext2D, x: number, y: number, side: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x + side / 2, y + side / 2, side * 0.32, 0, 7);
  pen.fill();
}

function cross(pen: CanvasRenderingContext2D, x: number, y: number, side: number, colours: BinColours): void {
  pen.fillStyle = colours.failed;
  pen.fillRect(x, y, side, side);
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 1.2;
  pen.beginPath();
  pen.moveTo(x + 2.5, y + 2.5);
  pen.lineTo(x + side - 2.5, y + side - 2.5);
  pen.moveTo(x + side - 2.5, y + 2.5);
  pen.lineTo(x + 2.5, y + side - 2.5);
  pen.stroke();
}

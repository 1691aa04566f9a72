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

/** Draws a cell for each bin: filled from below as its frames are done, a dot where someone works, a cross for trouble. */
export function drawBins(
  pen: CanvasRenderingContext2D,
  bins: Bins,
  columns: number,
  chosen: number,
  colours: BinColours,
): void {
  const side = CELL - GAP;
  for (let bin = 0; bin < bins.count; bin += 1) {
    const look = binLook(tally(bins, bin));
    const x = (bin % columns) * CELL + GAP / 2;
    const y = Math.floor(bin / columns) * CELL + GAP / 2;
    pen.fillStyle = look.canceled ? colours.canceled : colours.waiting;
    pen.fillRect(x, y, side, side);
    pen.fillStyle = colours.done;
    pen.fillRect(x, y + side * (1 - look.done), side, side * look.done);
    if (look.working) dot(pen, x, y, side, colours.working);
    if (look.failed) cross(pen, x, y, side, colours);
    if (bin === chosen) {
      pen.strokeStyle = colours.chosen;
      pen.lineWidth = 1.5;
      pen.strokeRect(x - 0.25, y - 0.25, side + 0.5, side + 0.5);
    }
  }
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

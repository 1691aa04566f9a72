import { type Bins, binLook, tally } from '../frames/bins/bin-frames.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ScrubColours {
  readonly waiting: string;
  readonly done: string;
  readonly working: string;
  readonly failed: string;
  readonly canceled: string;
}

/** The colours of `sky.css` as they are now. `scheme` is an argument so that a change of it is not missed. */
export function scrubColours(element: Element, scheme: string): ScrubColours & { scheme: string } {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--ag-${name}`).trim();
  return {
    scheme,
    waiting: colour('waiting'),
    done: colour('done'),
    working: colour('rendering'),
    failed: colour('failed'),
    canceled: colour('canceled'),
  };
}

/**
 * Fills the bar: as high as its frames are done, so that a gap is a hole; a stripe below where someone works, and
 * one through all of it where a frame failed.
 */
export function drawScrub(
  pen: CanvasRenderingContext2D,
  bins: Bins,
  size: Size,
  colours: ScrubColours,
): void {
  const { width, height } = size;
  pen.fillStyle = colours.waiting;
  pen.fillRect(0, 0, width, height);
  const each = width / Math.max(1, bins.count);
  for (let bin = 0; bin < bins.count; bin += 1) {
    const look = binLook(tally(bins, bin));
    // On whole pixels: a half of one would show as a seam.
    const x = Math.floor(bin * each);
    const wide = Math.max(1, Math.floor((bin + 1) * each) - x);
    const fill = (colour: string, top: number, high: number) => {
      pen.fillStyle = colour;
      pen.fillRect(x, top, wide, high);
    };
    if (look.canceled) fill(colours.canceled, height / 3, height / 3);
    if (look.done > 0) fill(colours.done, height * (1 - look.done), height * look.done);
    if (look.working) fill(colours.working, height - 4, 4);
    if (look.failed) fill(colours.failed, 0, height);
    if (look.failed) fill(colours.waiting, height / 2 - 1, 2);
  }
}

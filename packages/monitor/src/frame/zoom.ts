/** How a picture lies in its box: so many times as large as it fits, and moved from the middle by CSS pixels. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** A size in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const whole: Zoom = { scale: 1, x: 0, y: 0 };
const LARGEST = 64;

/** The size of a picture that just fits into a box, never larger than it is: small pictures are not blurred. */
export function fitted(picture: Size, box: Size): Size {
  const scale = Math.min(1, box.width / Math.max(1, picture.width), box.height / Math.max(1, picture.height));
  return { width: picture.width * scale, height: picture.height * scale };
}

/** So many times larger, with what lies at `at` (from the middle of the box) left where it is. */
export function zoomAt(zoom: Zoom, at: { x: number; y: number }, times: number, fit: Size, box: Size): Zoom {
  const scale = Math.min(LARGEST, Math.max(1, zoom.scale * times));
  const by = scale / zoom.scale;
  return held({ scale, x: at.x - (at.x - zoom.x) * by, y: at.y - (at.y - zoom.y) * by }, fit, box);
}

export function moveBy(zoom: Zoom, x: number, y: number, fit: Size, box: Size): Zoom {
  return held({ scale: zoom.scale, x: zoom.x + x, y: zoom.y + y }, fit, box);
}

// A picture larger than its box leaves no gap at an edge; a smaller one stays in the middle.
function held({ scale, x, y }: Zoom, fit: Size, box: Size): Zoom {
  const far = (long: number, room: number) => Math.max(0, (long * scale - room) / 2);
  const [mostX, mostY] = [far(fit.width, box.width), far(fit.height, box.height)];
  return { scale, x: clamp(x, mostX), y: clamp(y, mostY) };
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value)) || 0;
}

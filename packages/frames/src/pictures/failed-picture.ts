import type { Pixels } from './pixels.ts';

// Five pixels wide and seven high, a row after the other.
const glyphs: Readonly<Record<string, string>> = {
  '0': '01110 10001 10011 10101 11001 10001 01110',
  '1': '00100 01100 00100 00100 00100 00100 01110',
  '2': '01110 10001 00001 00110 01000 10000 11111',
  '3': '11110 00001 00001 01110 00001 00001 11110',
  '4': '00010 00110 01010 10010 11111 00010 00010',
  '5': '11111 10000 11110 00001 00001 10001 01110',
  '6': '01110 10000 10000 11110 10001 10001 01110',
  '7': '11111 00001 00010 00100 01000 01000 01000',
  '8': '01110 10001 10001 01110 10001 10001 01110',
  '9': '01110 10001 10001 01111 00001 00001 01110',
  '-': '00000 00000 00000 11111 00000 00000 00000',
  F: '11111 10000 10000 11110 10000 10000 10000',
  A: '01110 10001 10001 11111 10001 10001 10001',
  I: '01110 00100 00100 00100 00100 00100 01110',
  L: '10000 10000 10000 10000 10000 10000 11111',
  E: '11111 10000 10000 11110 10000 10000 11111',
  D: '11110 10001 10001 10001 10001 10001 11110',
};

const GROUND = [72, 8, 24] as const;
const INK = 240;
const ADVANCE = 6;
const LINE = 9;

/** What a film shows in the place of a frame that failed: the word and the number, as large as the picture allows. */
export function failedPicture(frame: number, { width, height }: { width: number; height: number }): Pixels {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at += 1) data[at] = GROUND[at % 3] ?? 0;
  const picture = { width, height, data };
  const lines = ['FAILED', String(frame)];
  const columns = Math.max(...lines.map((line) => line.length)) * ADVANCE + 1;
  const scale = Math.max(
    1,
    Math.floor(Math.min(width / (columns * 1.5), height / (lines.length * LINE * 1.5))),
  );
  const top = Math.floor((height - lines.length * LINE * scale) / 2) + scale;
  for (const [row, line] of lines.entries()) {
    const left = Math.floor((width - (line.length * ADVANCE - 1) * scale) / 2);
    drawText(picture, line, { left, top: top + row * LINE * scale, scale });
  }
  return { ...picture, kind: 'rgb24' };
}

/** Pixels of `rgb24` to draw on. */
type Ground = Omit<Pixels, 'kind'>;

/** Writes digits, a minus or FAILED in a light grey, seven times `scale` high; what is beyond the edge is left out. */
export function drawText(
  ground: Ground,
  text: string,
  { left, top, scale }: { left: number; top: number; scale: number },
): void {
  for (const [at, sign] of [...text].entries())
    drawSign(ground, sign, { left: left + at * ADVANCE * scale, top, scale });
}

/** Pixels a text is wide at a scale of 1. */
export function textWidth(text: string): number {
  return text.length * ADVANCE - 1;
}

function drawSign(
  { width, height, data }: Ground,
  sign: string,
  { left, top, scale }: { left: number; top: number; scale: number },
): void {
  const rows = (glyphs[sign] ?? '').split(' ');
  for (let y = 0; y < 7 * scale; y += 1)
    for (let x = 0; x < 5 * scale; x += 1) {
      const [toX, toY] = [left + x, top + y];
      const isInk = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === '1';
      if (!isInk || toX < 0 || toY < 0 || toX >= width || toY >= height) continue;
      data.fill(INK, (toY * width + toX) * 3, (toY * width + toX) * 3 + 3);
    }
}

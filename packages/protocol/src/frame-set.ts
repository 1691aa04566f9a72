import { FarmError } from './farm-error.ts';

// Blender's own limits (MINAFRAME and MAXFRAME in its DNA_scene_types.h). They also bound a set to about
// two million frames, so a set can always be held as one array.
export const FIRST_POSSIBLE_FRAME = -1_048_574;
export const LAST_POSSIBLE_FRAME = 1_048_574;

/** Frame numbers, ascending, each once. */
export type FrameSet = Int32Array;

const PART = /^(-?\d+)(?:-(-?\d+)(?:x(\d+))?)?$/;

/**
 * Reads a frame spec: `1-250`, `1,5,9`, `1-100x5` (every fifth), `-10--1`, `-10-5`, mixed with commas.
 * Duplicates count once. Throws `frames.bad-spec` for anything else.
 */
export function parseFrames(spec: string): FrameSet {
  const numbers = new Set<number>();
  for (const raw of spec.split(',')) {
    const part = raw.trim();
    const match = PART.exec(part);
    if (!match) throw new FarmError('frames.bad-spec', { spec, part, why: whyNotAPart(part) });
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    const step = match[3] === undefined ? 1 : Number(match[3]);
    if (step < 1) throw new FarmError('frames.bad-spec', { spec, part, why: 'a step is at least 1' });
    if (last < first)
      throw new FarmError('frames.bad-spec', {
        spec,
        part,
        why: `the range ends (${last}) before it starts (${first})`,
      });
    if (first < FIRST_POSSIBLE_FRAME || last > LAST_POSSIBLE_FRAME)
      throw new FarmError('frames.bad-spec', {
        spec,
        part,
        why: `Blender's frames go from ${FIRST_POSSIBLE_FRAME} to ${LAST_POSSIBLE_FRAME}`,
      });
    for (let frame = first; frame <= last; frame += step) numbers.add(frame);
  }
  return Int32Array.from(numbers).sort();
}

function whyNotAPart(part: string): string {
  if (part === '') return 'there is nothing between two commas';
  if (/^-?\d+-$/.test(part)) return 'the range has no end';
  if (/x$/.test(part)) return 'the step is missing';
  if (/^-?\d+x\d+$/.test(part)) return 'a step needs a range, as in 1-100x5';
  return 'it is not a frame or a range of frames';
}

/** The shortest spec of evenly spaced runs; `parseFrames` reads it back to the same set. */
export function formatFrames(frames: ArrayLike<number>): string {
  const parts: string[] = [];
  let at = 0;
  while (at < frames.length) {
    const end = runEnd(frames, at);
    parts.push(formatRun(frames, at, end));
    at = end + 1;
  }
  return parts.join(',');
}

// The last index of the evenly spaced run that starts at `at`. A run of two with a gap is left as two
// single frames: `1,9` reads better than `1-9x8`.
function runEnd(frames: ArrayLike<number>, at: number): number {
  const step = (frames[at + 1] ?? 0) - (frames[at] ?? 0);
  let end = at;
  while (end + 1 < frames.length && (frames[end + 1] ?? 0) - (frames[end] ?? 0) === step) end += 1;
  return end - at === 1 && step !== 1 ? at : end;
}

function formatRun(frames: ArrayLike<number>, at: number, end: number): string {
  const first = frames[at] ?? 0;
  if (end === at) return String(first);
  const step = (frames[at + 1] ?? 0) - first;
  const range = `${first}-${frames[end] ?? 0}`;
  return step === 1 ? range : `${range}x${step}`;
}

/** How people name a frame's file: at least four digits, the sign first: `0007`, `-0003`, `12345`. */
export function frameName(frame: number): string {
  const digits = String(Math.abs(frame)).padStart(4, '0');
  return frame < 0 ? `-${digits}` : digits;
}

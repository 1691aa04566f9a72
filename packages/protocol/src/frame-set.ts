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
  const runs: Run[] = [];
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
    runs.push({ first, step, count: Math.floor((last - first) / step) + 1 });
  }
  return union(runs);
}

interface Run {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Up to as many numbers are sorted; more are marked in a map of all possible frames, whatever the spec repeats. */
const FEW = 10_000;

// Not by way of a Set of numbers, with which a million frames take a quarter of a second.
function union(runs: readonly Run[]): FrameSet {
  const [only] = runs;
  if (only && runs.length === 1) return numbersOf(only);
  const total = runs.reduce((sum, run) => sum + run.count, 0);
  if (total > FEW) return marked(runs);
  const all = new Int32Array(total);
  let at = 0;
  for (const run of runs) {
    all.set(numbersOf(run), at);
    at += run.count;
  }
  return all.sort().filter((frame, index) => index === 0 || frame !== all[index - 1]);
}

function numbersOf({ first, step, count }: Run): Int32Array {
  const numbers = new Int32Array(count);
  for (let at = 0; at < count; at += 1) numbers[at] = first + at * step;
  return numbers;
}

function marked(runs: readonly Run[]): FrameSet {
  const marks = new Uint8Array(LAST_POSSIBLE_FRAME - FIRST_POSSIBLE_FRAME + 1);
  let count = 0;
  for (const { first, step, count: length } of runs)
    for (let at = 0; at < length; at += 1) {
      const mark = first + at * step - FIRST_POSSIBLE_FRAME;
      if (marks[mark] === 0) count += 1;
      marks[mark] = 1;
    }
  const all = new Int32Array(count);
  for (let mark = 0, at = 0; at < count; mark += 1)
    if (marks[mark] === 1) {
      all[at] = mark + FIRST_POSSIBLE_FRAME;
      at += 1;
    }
  return all;
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

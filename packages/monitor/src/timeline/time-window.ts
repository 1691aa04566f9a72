/** A stretch of time, in milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const SHORTEST_MS = 100;

/** The window so many times as long, with `at` in its place, and within `all`. */
export function zoomWindow(window: TimeWindow, all: TimeWindow, at: number, times: number): TimeWindow {
  const span = Math.min(all.to - all.from, Math.max(SHORTEST_MS, (window.to - window.from) * times));
  const part = (at - window.from) / Math.max(1, window.to - window.from);
  return within(at - part * span, span, all);
}

/** The window later (or earlier) by a part of its length, within `all`. */
export function moveWindow(window: TimeWindow, all: TimeWindow, part: number): TimeWindow {
  const span = window.to - window.from;
  return within(window.from + part * span, span, all);
}

/** The window so that `piece` can be seen, moved no more than needed. */
export function showInWindow(window: TimeWindow, all: TimeWindow, piece: TimeWindow): TimeWindow {
  if (piece.from >= window.from && piece.to <= window.to) return window;
  const span = Math.max(window.to - window.from, (piece.to - piece.from) * 1.2);
  return within((piece.from + piece.to - span) / 2, span, all);
}

function within(from: number, span: number, all: TimeWindow): TimeWindow {
  const long = Math.min(span, all.to - all.from);
  const start = Math.min(Math.max(from, all.from), all.to - long);
  return { from: Math.round(start), to: Math.round(start + long) };
}

const STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_419_200],
];

export interface Tick {
  readonly at: number;
  /** How long after the beginning of the job: `0`, `30 s`, `2 min`, `1 h 30 min`. */
  readonly words: string;
}

/** Places to mark in a window, at most `most`, counted from `zero`. */
export function ticksIn(window: TimeWindow, zero: number, most: number): Tick[] {
  const seconds = (window.to - window.from) / 1000;
  const step = STEPS.find((one) => seconds / one <= most) ?? seconds / Math.max(1, most);
  const first = Math.ceil((window.from - zero) / 1000 / step);
  const last = Math.floor((window.to - zero) / 1000 / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const after = (first + index) * step;
    return { at: zero + after * 1000, words: tickWords(after) };
  });
}

function tickWords(seconds: number): string {
  if (seconds < 60) return seconds === 0 ? '0' : `${Math.round(seconds * 10) / 10} s`;
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [Math.round(seconds % 60), 's'],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return said.slice(0, 2).join(' ');
}

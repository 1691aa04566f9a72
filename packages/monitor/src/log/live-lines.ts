import type { LiveLog } from '@akashganga/protocol';
import { MOST_LINES } from './log-lines.ts';

/** What is known of the log of a frame under way. */
export interface LiveLines {
  /** The attempt whose log it is; null before there is one. */
  readonly lease: string | null;
  readonly worker: string | null;
  /** Lines of it that came before these and are not shown. */
  readonly from: number;
  readonly lines: readonly string[];
}

export const noLines: LiveLines = { lease: null, worker: null, from: 0, lines: [] };

/** What was known and what came: another attempt begins anew, and behind a gap only what follows it is kept. */
export function joined(known: LiveLines, { lease, worker, from, lines }: LiveLog): LiveLines {
  if (lease === null) return known;
  const isNext = lease === known.lease && from === known.from + known.lines.length;
  if (isNext && lines.length === 0) return known;
  const all = isNext ? [...known.lines, ...lines] : lines;
  const left = Math.max(0, all.length - MOST_LINES);
  return { lease, worker, from: (isNext ? known.from : from) + left, lines: all.slice(left) };
}

import type { FrameCounts, FrameState } from '@akashganga/protocol';
import { count, number } from '../words/amount.ts';

/** Frame states in the order of a bar: what is done first, what is left last. The place is also the state's number. */
export const frameStates = [
  'done',
  'delivering',
  'rendering',
  'leased',
  'waiting',
  'failed',
  'canceled',
] as const satisfies readonly FrameState[];

export const frameStateWords: Readonly<Record<FrameState, string>> = {
  done: 'done',
  delivering: 'delivering',
  rendering: 'rendering',
  leased: 'handed out',
  waiting: 'waiting',
  failed: 'failed',
  canceled: 'canceled',
};

/** The states and numbers there are, in words: `120 done, 4 rendering, 126 waiting`. */
export function countsInWords(counts: Readonly<Record<FrameState, number>>): string {
  const parts = frameStates
    .filter((state) => counts[state] > 0)
    .map((state) => `${number(counts[state])} ${frameStateWords[state]}`);
  return parts.join(', ') || 'no frames yet';
}

/** The text of a job's bar. */
export function barText(counts: FrameCounts): string {
  return counts.total === 0
    ? 'The frames are not known yet'
    : `${count(counts.total, 'frame')}: ${countsInWords(counts)}`;
}

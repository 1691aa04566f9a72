import type { TimeLine, TimePiece } from '@akashganga/protocol';
import { count, number, percent } from '../words/amount.ts';
import { measured } from '../words/duration.ts';
import type { Chosen, LineRow } from './line-rows.ts';

/** Where the time went, in a sentence or two. */
export function spentWords({ first, last, spent, workersInAll }: TimeLine): string {
  if (first === null || last === null) return 'No frame has ended yet.';
  const all = spent.done.seconds + spent.failed.seconds + spent.lost.seconds;
  const attempts = spent.done.attempts + spent.failed.attempts + spent.lost.attempts;
  const whole = `${count(attempts, 'attempt')} on ${count(workersInAll, 'worker')} within ${measured((last - first) / 1000)}: slots rendered for ${measured(all)}.`;
  const bad = [
    ...(spent.failed.attempts > 0 ? [said(spent.failed, 'failed', all)] : []),
    ...(spent.lost.attempts > 0 ? [said(spent.lost, 'were lost', all)] : []),
  ];
  return bad.length === 0 ? `${whole} None of it was in vain.` : `${whole} ${bad.join('; ')}.`;
}

function said(spent: TimeLine['spent']['done'], what: string, all: number): string {
  return `${number(spent.attempts)} ${what}, ${percent(spent.seconds, all)} % of that time`;
}

export const outcomeWords = { done: 'done', failed: 'failed', lost: 'lost on the way' } as const;

/** One attempt, in words: `Frame 12 on anu, done, 3.2 s, begun 1 min 05 s after the first`. */
export function pieceWords(piece: TimePiece, worker: string, zero: number): string {
  const long = measured(Math.max(0, piece.ended - piece.began) / 1000);
  const after = measured(Math.max(0, piece.began - zero) / 1000);
  return `Frame ${piece.frame} on ${worker}, ${outcomeWords[piece.outcome]}, ${long}, begun ${after} after the first`;
}

/** A column, in words: how many ended in it, and how many slots were busy in the mean. */
export function columnWords(line: TimeLine, row: LineRow, column: number, worker: string): string {
  const found = row.columns.find((one) => one.column === column);
  if (!found) return '';
  const seconds = (line.to - line.from) / 1000 / row.columnsInAll;
  const from = line.from + column * seconds * 1000;
  const ended = (['done', 'failed', 'lost'] as const)
    .filter((outcome) => found[outcome] > 0)
    .map((outcome) => `${number(found[outcome])} ${outcomeWords[outcome]}`);
  const after = measured(Math.max(0, from - (line.first ?? from)) / 1000);
  const slots = Math.round((found.busy / seconds) * 10) / 10;
  return `${worker}, ${measured(seconds)} from ${after} after the first: ${ended.join(', ') || 'nothing ended'}, ${slots} slots busy`;
}

export function chosenWords(
  line: TimeLine,
  rows: readonly LineRow[],
  chosen: Chosen | null,
  nameOf: (worker: string | null) => string,
): string {
  const row = chosen ? rows[chosen.row] : undefined;
  if (!row || !chosen) return 'Nothing chosen';
  const name = nameOf(row.worker);
  if (chosen.piece) return pieceWords(chosen.piece, name, line.first ?? line.from);
  return columnWords(line, row, chosen.column ?? -1, name);
}

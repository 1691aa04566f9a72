import type { Posting } from '@akashganga/protocol';
import type { PostingRow } from '../record/posting-rows.ts';
import { wordsOf } from './words-of.ts';

/** The same whenever it is sent, and another in each farm. */
export function postingName(farm: string, id: number): string {
  return `n-${farm}-${id}`;
}

/** A posting as people see it. */
export function showPosting(farm: string, row: PostingRow): Posting {
  const { id, notice, at, state, attempts, status, why, dueAt } = row;
  return {
    ...{ id: postingName(farm, id), event: notice.event, text: wordsOf(notice), at, state },
    ...{ attempts, status, why, nextAt: state === 'waiting' ? dueAt : null },
  };
}

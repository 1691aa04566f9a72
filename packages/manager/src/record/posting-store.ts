import type { PostingStore } from '../notify/notifier.ts';
import type { Database } from './database.ts';
import { addTest, endPosting, giveUpPostings, readDue, readNextDue } from './posting-rows.ts';

/** The postings in the database, as the notifier uses them. */
export function postingStore(database: Database): PostingStore {
  const { reads } = database;
  return {
    due: (now, most) => readDue(reads, now, most),
    nextAt: () => readNextDue(reads),
    end: (posting, end) => again(() => database.transaction((client) => endPosting(client, posting, end))),
    giveUp: (before, now) => giveUpPostings(reads, before, now),
    addTest: (webhook, notice) => addTest(reads, webhook, notice),
  };
}

/** How PostgreSQL says that another transaction was at the same rows. */
const NOT_SERIALIZABLE = '40001';

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== NOT_SERIALIZABLE || tries >= 5) throw error;
    }
  }
}

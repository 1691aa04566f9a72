import type { Minute, MinuteStore } from '../meter/minute.ts';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const addMinute = loadSql('add-minute');

/** The farm's minutes in the database. */
export function minuteStore(reads: Queryable): MinuteStore {
  return {
    add: async ({ at, frames, bytes, busy, slots }) => {
      await reads.query(addMinute, [at, frames, bytes, busy, slots]);
    },
    since: async (at) => {
      const { rows } = await reads.query<Minute & { at: string; bytes: string }>(
        'select at, frames, bytes, busy, slots from minute where at >= $1 order by at',
        [at],
      );
      return rows.map((row) => ({ ...row, at: Number(row.at), bytes: Number(row.bytes) }));
    },
    deleteBefore: async (at) => {
      await reads.query('delete from minute where at < $1', [at]);
    },
  };
}

import type { Change } from '@akashganga/protocol';
import { writeChange } from '../record/write-facts.ts';
import type { Rooms } from './app.ts';
import type { HttpContext } from './serve.ts';
import { whoAsks } from './who-asks.ts';

/** A line of the history for what neither the scheduler nor the lists of tokens and computers write down. */
export function noteChange(
  rooms: Rooms,
  context: HttpContext,
  { what, job = null, detail = {} }: Pick<Change, 'what'> & Partial<Change>,
): Promise<void> {
  const change = { at: Date.now(), ...whoAsks(context, rooms), what, job, worker: null, detail };
  return rooms.database.transaction((client) => writeChange(client, change));
}

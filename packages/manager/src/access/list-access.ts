import { FarmError } from '@akashganga/protocol';
import { hashOf } from './secrets.ts';

/** Throws `access.unknown`. `what` is what people call such a row. */
export function find<Row>(rows: ReadonlyMap<string, Row>, what: string, id: string): Row {
  const row = rows.get(id);
  if (!row) throw new FarmError('access.unknown', { what, id });
  return row;
}

export function newestFirst<Row extends { createdAt: number }>(rows: Iterable<Row>): Row[] {
  return [...rows].sort((a, b) => b.createdAt - a.createdAt);
}

/** The members that were shut out, and a mark that is another one for each list of them. */
export function listShutOut(members: Iterable<{ id: string; revokedAt: number | null }>) {
  const ids = [...members].filter((row) => row.revokedAt !== null).map(({ id }) => id);
  return { mark: hashOf(ids.join()).slice(0, 16), members: ids };
}

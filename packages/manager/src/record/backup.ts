import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { FarmError } from '@akashganga/protocol';
import type pg from 'pg';
import type { Database } from './database.ts';
import type { Queryable } from './load-farm.ts';

// In the order in which rows may be put back. `lease` and `posting` are left out: who rendered what
// then, and what was to be told, is over.
const TABLES = [
  'farm',
  'job',
  'frame',
  'attempt',
  'worker',
  'frame_server',
  'forget',
  'build',
  'resource',
  'change',
  'token',
  'join_code',
  'member',
  'webhook',
] as const;
const PAGE = 2000;
const FORMAT = 'akashganga-backup-1';

/** The farm's memory as gzip: a heading, then one JSON object a line, `[table, row]`, all of one moment. */
export function writeBackup(database: Database): Readable {
  const zip = createGzip();
  // A reader that goes away destroys `zip`, and with that the transaction ends too.
  database
    .transaction((client) => pipeline(Readable.from(backupLines(client)), zip))
    .catch((error: Error) => zip.destroy(error));
  return zip;
}

async function* backupLines(client: pg.ClientBase): AsyncIterable<string> {
  const { rows } = await client.query<{ name: string }>('select name from migration order by name');
  yield `${JSON.stringify({ format: FORMAT, migrations: rows.map((row) => row.name) })}\n`;
  for (const table of TABLES) {
    await client.query(
      `declare backup_cursor no scroll cursor for select row_to_json(t) as row from ${table} t`,
    );
    for (;;) {
      const page = await client.query<{ row: object }>(`fetch ${PAGE} from backup_cursor`);
      if (page.rows.length === 0) break;
      for (const { row } of page.rows) yield `${JSON.stringify([table, row])}\n`;
    }
    await client.query('close backup_cursor');
  }
}

/** The lines of a backup after its heading, which has been read and is ours. */
export type OpenBackup = AsyncIterable<string>;

/** Throws `farm.bad-backup` for what is no backup, before anything is done for it. */
export async function openBackup(source: AsyncIterable<Buffer>): Promise<OpenBackup> {
  const unzipped = createGunzip();
  // What goes wrong here is thrown to whoever reads the lines.
  pipeline(leftOpen(source), unzipped).catch(() => undefined);
  const lines = linesOf(unzipped);
  try {
    const heading = await lines.next();
    if (heading.done) throw new FarmError('farm.bad-backup', { why: 'it is empty' });
    if (formatOf(heading.value) !== FORMAT)
      throw new FarmError('farm.bad-backup', { why: 'its heading is not ours' });
    return lines;
  } catch (cause) {
    unzipped.destroy();
    throw badBackup(cause);
  }
}

function formatOf(heading: string): unknown {
  const said: unknown = JSON.parse(heading);
  return typeof said === 'object' && said !== null && 'format' in said ? said.format : undefined;
}

function badBackup(cause: unknown): FarmError {
  if (cause instanceof FarmError) return cause;
  return new FarmError('farm.bad-backup', { why: (cause as Error).message }, { cause });
}

/** Puts a backup into an empty farm, all or nothing. Throws `farm.not-empty` or `farm.bad-backup`. */
export async function readBackup(database: Database, backup: OpenBackup): Promise<void> {
  await database.transaction(async (client) => {
    await mustBeEmpty(client);
    await client.query(
      'delete from worker; delete from frame_server; delete from forget; delete from build; delete from resource; delete from change; delete from token; delete from join_code; delete from member; delete from webhook; delete from farm',
    );
    try {
      await putLines(client, backup);
    } catch (cause) {
      throw badBackup(cause);
    }
  });
}

// The request's socket must outlive a failure, so that the caller can be told of it.
async function* leftOpen(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const pieces = source[Symbol.asyncIterator]();
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
}

async function* linesOf(text: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function putLines(client: pg.ClientBase, lines: AsyncIterable<string>): Promise<void> {
  let table = '';
  let page: string[] = [];
  for await (const line of lines) {
    const [name, row] = JSON.parse(line) as [string, object];
    if (name !== table || page.length >= PAGE) {
      await putPage(client, table, page);
      page = [];
      table = name;
    }
    page.push(JSON.stringify(row));
  }
  await putPage(client, table, page);
}

async function putPage(client: pg.ClientBase, table: string, page: readonly string[]): Promise<void> {
  if (page.length === 0) return;
  const known = TABLES.find((name) => name === table);
  if (!known) throw new FarmError('farm.bad-backup', { why: `there is no table ${table.slice(0, 50)}` });
  const isNumbered = known === 'attempt' || known === 'change';
  const overriding = isNumbered ? 'overriding system value' : '';
  await client.query(
    `insert into ${known} ${overriding} select * from jsonb_populate_recordset(null::${known}, $1::jsonb)`,
    [`[${page.join(',')}]`],
  );
  if (isNumbered)
    await client.query(
      `select setval(pg_get_serial_sequence('${known}', 'id'), (select max(id) from ${known}))`,
    );
}

/** Throws `farm.not-empty` when the farm has a job. */
export async function mustBeEmpty(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ count: string }>('select count(*) from job');
  if (Number(rows[0]?.count) > 0) throw new FarmError('farm.not-empty', { jobs: Number(rows[0]?.count) });
}

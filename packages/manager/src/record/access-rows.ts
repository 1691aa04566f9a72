import type { Change, FarmMember, JoinCode, Token } from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';
import { writeChange } from './write-facts.ts';

export interface TokenRow extends Token {
  readonly hash: string;
  /** The computer for whose people it is. */
  readonly member: string | null;
}

export interface JoinCodeRow extends JoinCode {
  readonly hash: string;
}

export interface MemberRow extends FarmMember {
  readonly publicKey: string;
}

export interface AccessRows {
  readonly tokens: TokenRow[];
  readonly joinCodes: JoinCodeRow[];
  readonly members: MemberRow[];
}

/** Rows as they are from now on, and what of it the history says. */
export interface AccessNews extends Partial<AccessRows> {
  readonly changes?: readonly Change[];
}

// PostgreSQL gives bigint as text; all of these are milliseconds.
const TIMES = new Set(['createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt', 'joinedAt']);

/** Everything about who may do what: some thousands of rows at most. */
export async function readAccess(reads: Queryable): Promise<AccessRows> {
  const tokens = await all<TokenRow>(
    reads,
    `select id, hash, role, name, all_jobs as "allJobs", member, created_at as "createdAt", created_by as "createdBy",
       expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt" from token order by created_at`,
  );
  const joinCodes = await all<JoinCodeRow>(
    reads,
    `select id, hash, role as "for", uses, used, renders_only as "rendersOnly", created_at as "createdAt",
       created_by as "createdBy", expires_at as "expiresAt", revoked_at as "revokedAt" from join_code order by created_at`,
  );
  const members = await all<MemberRow>(
    reads,
    `select id, role, name, public_key as "publicKey", join_code as "joinCode", joined_at as "joinedAt",
       revoked_at as "revokedAt" from member order by joined_at`,
  );
  return { tokens, joinCodes, members };
}

async function all<Row>(reads: Queryable, statement: string): Promise<Row[]> {
  const { rows } = await reads.query<Record<string, unknown>>(statement);
  return rows.map(
    (row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          TIMES.has(name) && value !== null ? Number(value) : value,
        ]),
      ) as Row,
  );
}

/** Keeps tokens, codes and members as they are now; what is there under the same id is replaced. For a transaction. */
export async function putAccess(
  client: Queryable,
  { tokens = [], joinCodes = [], members = [], changes = [] }: AccessNews,
): Promise<void> {
  for (const row of tokens) await put(client, 'token', row);
  for (const { for: role, ...row } of joinCodes) await put(client, 'join_code', { ...row, role });
  for (const row of members) await put(client, 'member', row);
  for (const change of changes) await writeChange(client, change);
}

async function put(client: Queryable, table: string, row: object): Promise<void> {
  const entries = Object.entries(row);
  const columns = entries.map(([name]) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const marks = entries.map((_, index) => `$${index + 1}`);
  const changes = columns.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
  await client.query(
    `insert into ${table} (${columns.join(', ')}) values (${marks.join(', ')})
     on conflict (id) do update set ${changes.join(', ')}`,
    entries.map(([, value]) => value),
  );
}

import type { Digest } from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const usedManifests = loadSql('used-manifests');

/** The manifests of all jobs and builds, each once. */
export async function readManifests(reads: Queryable): Promise<Digest[]> {
  const { rows } = await reads.query<{ manifest: Digest }>(usedManifests);
  return rows.map((row) => row.manifest);
}

import type { Digest } from '@akashganga/protocol';
import type { Queryable } from './load-farm.ts';
import { loadSql } from './load-sql.ts';

const usedManifests = loadSql('used-manifests');

/** The manifests of all jobs and builds, each once. Throws when one of them does not say: what it needs must not be deleted. */
export async function readManifests(reads: Queryable): Promise<Digest[]> {
  const { rows } = await reads.query<{ manifest: Digest | null }>(usedManifests);
  return rows.map(({ manifest }) => {
    if (manifest === null) throw new Error('a job or a build has no manifest');
    return manifest;
  });
}

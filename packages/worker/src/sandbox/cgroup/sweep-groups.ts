import { readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupPlace } from './cgroup-places.ts';

const ofWorkers = /^akashganga-[0-9a-f]{12}(-trial)?$/;
/** A session joins its group within a second of its making. */
const NEW_MS = 60_000;

/**
 * Removes the empty groups of workers that were killed and never started again. The kernel refuses for a group with a
 * process in it, so nothing of a session that lives is touched; a worker that has none at the moment makes its own anew.
 */
export async function sweepGroups(places: readonly CgroupPlace[], now: number): Promise<void> {
  for (const { folder } of places)
    for (const name of await readdir(folder).catch(() => []))
      if (ofWorkers.test(name)) await sweep(join(folder, name), now);
}

async function sweep(group: string, now: number): Promise<void> {
  const found = await stat(group).catch(() => null);
  if (!found || now - found.mtimeMs < NEW_MS) return;
  const inside = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const entry of inside) if (entry.isDirectory()) await sweep(join(group, entry.name), now);
  await rmdir(group).catch(() => undefined);
}

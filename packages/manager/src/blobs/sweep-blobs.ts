import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsOfFile, type Digest, digestHex, FarmError } from '@akashganga/protocol';
import { localKeeper } from '@akashganga/storage';
import { readManifest } from '../jobs/check-manifest.ts';

export interface SweepOptions {
  /** The folder of the manager's blobs. */
  readonly folder: string;
  /** The manifests of all jobs and builds. */
  readonly manifests: readonly Digest[];
  /** Ms since 1970. */
  readonly now: number;
  /** What was sent, or asked after, in these last ms stays: a job that needs it may be on its way. */
  readonly grace: number;
}

export interface Swept {
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Deletes the blobs that no job and no build needs. Half files that a killed manager left go too. Holds the
 * names of all that is needed, 100 bytes each.
 */
export async function sweepBlobs({ folder, manifests, now, grace }: SweepOptions): Promise<Swept> {
  const needed = await neededBy(folder, manifests);
  const swept = { blobs: 0, bytes: 0 };
  for (const group of await readdir(folder).catch(() => []))
    for (const name of await readdir(join(folder, group)).catch(() => [])) {
      if (needed.has(name)) continue;
      const path = join(folder, group, name);
      const found = await stat(path).catch(() => null);
      if (!found?.isFile() || now - found.mtimeMs < grace) continue;
      await rm(path, { force: true });
      swept.blobs += 1;
      swept.bytes += found.size;
    }
  return swept;
}

/** The file names of the blobs that these manifests need, their own among them. */
async function neededBy(folder: string, manifests: readonly Digest[]): Promise<Set<string>> {
  const blobs = localKeeper(folder);
  const needed = new Set<string>();
  for (const digest of manifests) {
    needed.add(digestHex(digest));
    const manifest = await readManifest(blobs, digest).catch(nullIfLost);
    for (const file of manifest?.files ?? [])
      for (const blob of blobsOfFile(file)) needed.add(digestHex(blob.digest));
  }
  return needed;
}

// A farm that was restored without its blobs goes on; but a disk that does not read must delete nothing.
function nullIfLost(error: unknown): null {
  if (error instanceof FarmError && (error.code === 'blob.unknown' || error.code === 'manifest.invalid'))
    return null;
  throw error;
}

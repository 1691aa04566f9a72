import { stat } from 'node:fs/promises';
import { type FarmClient, retryLater, wholeOrCut } from '@akashganga/client';
import type { Digest } from '@akashganga/protocol';
import { hashFile, writeVerified } from '@akashganga/storage';

const PATIENCE_SECONDS = 120;

/** A file of the farm: where it is asked for, where it goes, and what it must be. */
export interface FileToBring {
  readonly path: string;
  readonly target: string;
  readonly digest: Digest;
  /** Bytes, if they are known; a file of another length need not be read to know that it is another. */
  readonly size?: number | null;
}

/** Writes the file, checked against its digest. One that is there already stays. Returns whether it came. */
export async function bringFile(
  client: FarmClient,
  { path, target, digest, size }: FileToBring,
  signal?: AbortSignal,
): Promise<boolean> {
  if (await isThere(target, digest, size ?? null)) return false;
  const options = { forSeconds: PATIENCE_SECONDS, ...(signal ? { signal } : {}) };
  await retryLater(async () => {
    const reply = await client.send({ method: 'GET', path, ...(signal ? { signal } : {}) });
    await writeVerified(target, digest, wholeOrCut(reply, digest));
  }, options);
  return true;
}

async function isThere(target: string, digest: Digest, size: number | null): Promise<boolean> {
  const found = await stat(target).catch(() => null);
  if (!found?.isFile() || (size !== null && found.size !== size)) return false;
  return (await hashFile(target)).digest === digest;
}

import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, FarmError } from '@akashganga/protocol';
import { syncFolder } from './sync-folder.ts';

/**
 * Writes `bytes` to `path` if they are what `digest` says: into a temporary file beside it, synced, then
 * renamed, so that nobody ever sees a half file and what was acknowledged survives a power cut.
 * Returns the size. Throws `blob.wrong-digest` or `disk.full`, and leaves nothing behind then.
 */
export async function writeVerified(
  path: string,
  digest: Digest,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}.part`);
  try {
    const size = await fill(temporary, digest, bytes);
    await rename(temporary, path);
    await syncFolder(folder);
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw isDiskFull(error) ? new FarmError('disk.full', { folder }, { cause: error }) : error;
  }
}

// TLS brings pieces of at most 16 KiB; a write for each would take longer than all else that is done with them.
const WRITE_BYTES = 512 * 1024;

async function fill(
  path: string,
  digest: Digest,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  const hash = createHash('sha256');
  let size = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const file = await open(path, 'wx', 0o644);
  try {
    for await (const piece of bytes) {
      hash.update(piece);
      size += piece.length;
      waiting.push(piece);
      waitingBytes += piece.length;
      if (waitingBytes < WRITE_BYTES) continue;
      await writeWhole(file, Buffer.concat(waiting, waitingBytes));
      waiting = [];
      waitingBytes = 0;
    }
    if (waitingBytes > 0) await writeWhole(file, Buffer.concat(waiting, waitingBytes));
    const found: Digest = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw new FarmError('blob.wrong-digest', { digest, found });
    await file.sync();
  } finally {
    await file.close();
  }
  return size;
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
}

export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

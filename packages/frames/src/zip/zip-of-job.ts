import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { formatFrames, plainName, SUMS_FILE, sumLine } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import type { FoundFiles, JobFile } from './job-files.ts';
import type { ZipEntry } from './zip-stream.ts';

/** Files up to this size are read once; larger ones once for their checksum and once to be sent. Bytes. */
const READ_WHOLE = 16 << 20;
const PIECE = 1 << 20;

export const MISSING = 'MISSING.txt';

/**
 * The files of a job as entries of a zip, in a folder of the job's name: each compared with its digest before a byte of
 * it is sent, then `SHA256SUMS` of those that are in, and `MISSING.txt` if one that was asked for is not. With `asOutlined`
 * a file that is damaged ends the zip instead, since all behind it would stand elsewhere than was said; a frame of which
 * that is so is put aside, so that the next zip knows.
 */
export async function* zipOfJob(
  title: string,
  found: FoundFiles,
  { asOutlined = false }: { readonly asOutlined?: boolean } = {},
): AsyncGenerator<ZipEntry> {
  const { folder, sumOf, closing } = closingFiles(title, found.missing);
  const sums: string[] = [];
  const lost: string[] = [];
  let newest = new Date(0);
  for await (const file of found.files()) {
    const entry = await readEntry(file, `${folder}/${file.name}`);
    if (typeof entry === 'string') {
      if (asOutlined) {
        await file.setAside();
        throw new Error(`${file.name}: ${entry}`);
      }
      lost.push(`${file.name}: ${entry}`);
      continue;
    }
    if (entry.changed > newest) newest = entry.changed;
    sums.push(sumOf(file));
    yield entry;
  }
  for (const file of closing(sums, lost)) yield { ...file, changed: newest };
}

/** What stands at the end of a zip, by the sums of its files and what was lost on the way. */
export function closingFiles(title: string, notThere: readonly number[]) {
  const folder = plainName(title);
  const text = (name: string, lines: readonly string[]) => ({
    name: `${folder}/${name}`,
    bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')),
  });
  return {
    folder,
    sumOf: ({ digest, name }: Pick<JobFile, 'digest' | 'name'>) => sumLine(digest, name),
    closing: (sums: readonly string[], lost: readonly string[]) => {
      const missing = [...notRendered(notThere), ...lost];
      return [text(SUMS_FILE, sums), ...(missing.length > 0 ? [text(MISSING, missing)] : [])];
    },
  };
}

function notRendered(frames: readonly number[]): string[] {
  if (frames.length === 0) return [];
  return [`not rendered (${frames.length}): ${formatFrames(frames)}`];
}

// Why it is not in the zip, if it cannot be.
async function readEntry(file: JobFile, name: string): Promise<ZipEntry | string> {
  try {
    const changed = (await stat(file.path)).mtime;
    if (file.size <= READ_WHOLE) {
      const bytes = await readFile(file.path);
      return hashBytes(bytes) === file.digest ? { name, changed, bytes } : 'its file is damaged';
    }
    const hash = createHash('sha256');
    let crc = 0;
    for await (const piece of piecesOf(file.path)) {
      hash.update(piece);
      crc = crc32(piece, crc);
    }
    if (`sha256:${hash.digest('hex')}` !== file.digest) return 'its file is damaged';
    return { name, changed, size: file.size, crc, pieces: piecesOf(file.path) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'its file is gone'
      : 'its file cannot be read';
  }
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(PIECE) });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface BlobCount {
  readonly count: number;
  readonly bytes: number;
  /** When they were counted, milliseconds since 1970. */
  readonly at: number;
}

/** Each counting looks at every file. */
const COUNT_AGAIN_MS = 5 * 60_000;

/** How many blobs a folder of them holds, and their bytes; counted when asked, and not again for five minutes. */
export function blobCounter(folder: string, now: () => number): () => Promise<BlobCount> {
  let last: Promise<BlobCount> | null = null;
  let until = Number.NEGATIVE_INFINITY;
  return () => {
    if (last === null || now() >= until || now() < until - COUNT_AGAIN_MS) {
      until = now() + COUNT_AGAIN_MS;
      last = countBlobs(folder, now());
      last.catch(() => {
        until = Number.NEGATIVE_INFINITY;
      });
    }
    return last;
  };
}

async function countBlobs(folder: string, at: number): Promise<BlobCount> {
  let [count, bytes] = [0, 0];
  for (const group of await readdir(folder).catch(() => []))
    for (const name of await readdir(join(folder, group)).catch(() => [])) {
      const found = await stat(join(folder, group, name)).catch(() => null);
      if (!found?.isFile()) continue;
      count += 1;
      bytes += found.size;
    }
  return { count, bytes, at };
}

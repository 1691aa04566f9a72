import { createHash } from 'node:crypto';
import type { FoundFiles } from './job-files.ts';
import { closingFiles } from './zip-of-job.ts';
import { directoryRecord, endRecords, fileRecord } from './zip-records.ts';

/** What a zip will be if none of its files is damaged. */
export interface ZipOutline {
  /** The same for zips that are equal byte by byte, but for the times of files. */
  readonly tag: string;
  /** Bytes. */
  readonly size: number;
}

/** Files are stored as they are, so where each of them will stand is known from the index: no file is read. */
export async function outlineZip(title: string, found: FoundFiles): Promise<ZipOutline> {
  const hash = createHash('sha256');
  const sums: string[] = [];
  let [count, at, directory] = [0, 0, 0];
  const add = (name: string, size: number) => {
    const facts = { name, size, crc: 0, changed: new Date(0) };
    directory += directoryRecord(facts, at).length;
    at += fileRecord(facts).length + size;
    count += 1;
  };
  const { folder, sumOf, closing } = closingFiles(title, found.missing);
  for await (const file of found.files()) {
    add(`${folder}/${file.name}`, file.size);
    const sum = sumOf(file);
    sums.push(sum);
    hash.update(`${file.size} ${sum}\n`);
  }
  for (const { name, bytes } of closing(sums, [])) {
    add(name, bytes.length);
    hash.update(bytes);
  }
  return { tag: `"${hash.digest('hex')}"`, size: at + directory + endRecords(count, directory, at).length };
}

/** The bytes from `start` to `end` of a stream, counted from 0, both included. What is before is made and thrown away. */
export async function* cutOut(
  stream: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of stream) {
    const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    at += piece.length;
    if (wanted.length > 0) yield wanted;
    if (at > end) return;
  }
}

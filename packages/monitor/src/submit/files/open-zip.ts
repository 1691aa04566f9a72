import type { SceneFile } from './scene-files.ts';

/** A zip unpacks to no more than this in the browser, in bytes. */
const MOST_UNPACKED = 64 * 2 ** 30;
const MOST_FILES = 100_000;

/** The files in a zip. Throws an error with a sentence for people when it is none, or asks for too much. */
export async function openZip(zip: Blob, name: string, signal: AbortSignal): Promise<SceneFile[]> {
  const { BlobReader, BlobWriter, configure, ZipReader } = await import('@zip.js/zip.js');
  // Its own workers would be scripts from blob: addresses, which the page's policy forbids.
  configure({ useWebWorkers: false });
  const reader = new ZipReader(new BlobReader(zip));
  try {
    const entries = await reader.getEntries();
    const unpacked = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    if (entries.length > MOST_FILES || unpacked > MOST_UNPACKED)
      throw new Error(`${name} would unpack to more than the page can hold. Drop its folder instead.`);
    const files: SceneFile[] = [];
    for (const entry of entries) {
      if (entry.directory) continue;
      signal.throwIfAborted();
      if (entry.encrypted)
        throw new Error(`${name} is protected by a password. Unpack it and drop the folder.`);
      files.push({ path: entry.filename, file: await entry.getData(new BlobWriter(), { signal }) });
    }
    return files;
  } catch (error) {
    if (signal.aborted || (error instanceof Error && error.message.startsWith(name))) throw error;
    throw new Error(`${name} cannot be read as a zip. Unpack it and drop the folder.`, { cause: error });
  } finally {
    await reader.close().catch(() => undefined);
  }
}

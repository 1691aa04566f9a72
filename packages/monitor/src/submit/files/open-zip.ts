import { checkNames, shown } from './check-names.ts';
import type { SceneFile } from './scene-files.ts';

/** A zip unpacks to no more than this in the browser, in bytes. */
const MOST_UNPACKED = 64 * 2 ** 30;
const MOST_FILES = 100_000;
/** Scenes shrink to a tenth, caches of simulations to less; what shrinks to less than this was made to swell. */
const MOST_SWOLLEN = 200;
/** Bytes that may come of however little. */
const SWELLS_FREELY = 2 ** 30;

/** The files in a zip. Throws an error with a sentence for people when it is none, or asks for too much. */
export async function openZip(zip: Blob, name: string, signal: AbortSignal): Promise<SceneFile[]> {
  const { BlobReader, BlobWriter, configure, ZipReader } = await import('@zip.js/zip.js');
  // Its own workers would be scripts from blob: addresses, which the page's policy forbids.
  configure({ useWebWorkers: false });
  // Names are looked at here, where it can be said which is wrong.
  const options = { filenameValidation: 'tolerant', checkOverlappingEntry: true } as const;
  const reader = new ZipReader(new BlobReader(zip), options);
  try {
    const entries = (await reader.getEntries()).filter((entry) => !entry.directory);
    refuseBombs(entries, zip.size);
    const paths = entries.map(({ filename }) => filename.replaceAll('\\', '/'));
    const why = checkNames(paths);
    if (why) throw new Refused(why);
    const files: SceneFile[] = [];
    for (const [at, entry] of entries.entries()) {
      signal.throwIfAborted();
      const path = paths[at] ?? '';
      if (entry.directory) continue;
      if (entry.symlink)
        throw new Refused(`${shown(path)} is a link. Put the file itself there, or drop the folder.`);
      if (entry.encrypted) throw new Refused('it is protected by a password. Unpack it and drop the folder.');
      files.push({ path, file: await entry.getData(new BlobWriter(), { signal }) });
    }
    return files;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof Refused) throw new Error(`${name}: ${error.message}`, { cause: error });
    throw new Error(`${name} cannot be read as a zip. Unpack it and drop the folder.`, { cause: error });
  } finally {
    await reader.close().catch(() => undefined);
  }
}

/** Its message is for people. */
class Refused extends Error {}

function refuseBombs(entries: readonly { uncompressedSize: number }[], size: number): void {
  const unpacked = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  const swells = unpacked > SWELLS_FREELY && unpacked > MOST_SWOLLEN * size;
  if (entries.length > MOST_FILES || unpacked > MOST_UNPACKED || swells)
    throw new Refused('it would unpack to more than the page can hold. Drop its folder instead.');
}

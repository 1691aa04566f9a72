import { blobsOfFile, type Digest, FarmError, LARGEST_MANIFEST, Manifest } from '@akashganga/protocol';
import { eachOf, type Keeper, readBlob } from '@akashganga/storage';

/** So many blobs are looked for at once: a scene of a million files is checked in seconds, not minutes. */
const LANES = 32;

/**
 * Reads the manifest of a scene or a build and makes sure that every blob of it is here, the entry among its
 * files. Throws `manifest.invalid` or `blob.unknown`.
 */
export async function checkManifest(
  blobs: Keeper,
  { manifest: digest, entry }: { readonly manifest: Digest; readonly entry: string },
): Promise<Manifest> {
  const manifest = await readManifest(blobs, digest);
  if (!manifest.files.some((file) => file.path === entry))
    throw new FarmError('manifest.invalid', { why: `it does not hold ${entry}` });
  await checkBlobs(blobs, manifest);
  return manifest;
}

/** Throws `manifest.invalid`, or `blob.unknown` when it is not here. */
export async function readManifest(blobs: Keeper, digest: Digest): Promise<Manifest> {
  const size = await blobs.size(digest);
  if (size === null) throw new FarmError('blob.unknown', { digest });
  if (size > LARGEST_MANIFEST) throw new FarmError('manifest.invalid', { why: 'it is too large' });
  const manifest = Manifest.safeParse(parseJson(await readBlob(blobs, digest, LARGEST_MANIFEST)));
  if (manifest.success) return manifest.data;
  throw new FarmError('manifest.invalid', { why: manifest.error.issues[0]?.message ?? 'it does not fit' });
}

/** Each blob once, with the size that the manifest says. Throws `blob.unknown` or `manifest.invalid`. */
async function checkBlobs(blobs: Keeper, manifest: Manifest): Promise<void> {
  const wanted = new Map<Digest, { size: number; path: string }>();
  for (const file of manifest.files)
    for (const { digest, size } of blobsOfFile(file)) {
      const other = wanted.get(digest);
      if (other && other.size !== size) throw lying(file.path, other.size, size);
      wanted.set(digest, { size, path: file.path });
    }
  await eachOf(wanted, LANES, async ([digest, { size, path }]) => {
    const kept = await blobs.size(digest);
    if (kept === null) throw new FarmError('blob.unknown', { digest });
    if (kept !== size) throw lying(path, kept, size);
  });
}

function lying(path: string, kept: number, said: number): FarmError {
  return new FarmError('manifest.invalid', { why: `${path} has ${kept} bytes, not the ${said} it says` });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new FarmError('manifest.invalid', { why: 'it is not JSON' });
  }
}

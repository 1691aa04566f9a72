import { type Digest, FarmError, Manifest } from '@akashganga/protocol';
import type { Keeper } from '@akashganga/storage';

/** A manifest of a million files is about this large. */
const LARGEST_MANIFEST = 200 * 1024 * 1024;

/**
 * Reads the manifest of a scene or a build and makes sure that every file in it is here, the entry among them.
 * Throws `manifest.invalid` or `blob.unknown`.
 */
export async function checkManifest(
  blobs: Keeper,
  { manifest: digest, entry }: { readonly manifest: Digest; readonly entry: string },
): Promise<Manifest> {
  const size = await blobs.size(digest);
  if (size === null) throw new FarmError('blob.unknown', { digest });
  if (size > LARGEST_MANIFEST) throw new FarmError('manifest.invalid', { why: 'it is too large' });
  const manifest = Manifest.safeParse(await readJson(blobs, digest));
  if (!manifest.success)
    throw new FarmError('manifest.invalid', { why: manifest.error.issues[0]?.message ?? 'it does not fit' });
  if (!manifest.data.files.some((file) => file.path === entry))
    throw new FarmError('manifest.invalid', { why: `it does not hold ${entry}` });
  for (const file of manifest.data.files) {
    const kept = await blobs.size(file.digest);
    if (kept === null) throw new FarmError('blob.unknown', { digest: file.digest });
    if (kept !== file.size)
      throw new FarmError('manifest.invalid', {
        why: `${file.path} has ${kept} bytes, not the ${file.size} it says`,
      });
  }
  return manifest.data;
}

async function readJson(blobs: Keeper, digest: Digest): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of await blobs.get(digest)) pieces.push(piece as Buffer);
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new FarmError('manifest.invalid', { why: 'it is not JSON' });
  }
}

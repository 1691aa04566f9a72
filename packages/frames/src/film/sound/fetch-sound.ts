import { blobsOverHttp, type FarmClient, retryLater } from '@akashganga/client';
import { blobsOfFile, type Digest, FarmError, LARGEST_CHUNK, Manifest } from '@akashganga/protocol';
import { readBlob, writeVerified } from '@akashganga/storage';

/** Ten hours of uncompressed sound. Bytes. */
const LARGEST_SOUND = 8 * 2 ** 30;
const LARGEST_LIST = 4 << 20;
const PATIENCE_SECONDS = 60;

/** Brings a sound here from the manager, piece by piece, each checked. Throws what the manager says, and `film.failed`. */
export async function fetchSound(
  client: FarmClient,
  manifest: Digest,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const blobs = blobsOverHttp(client, { signal });
  const options = { signal, forSeconds: PATIENCE_SECONDS };
  const list = await retryLater(() => readBlob(blobs, manifest, LARGEST_LIST), options);
  const [file] = Manifest.parse(JSON.parse(list.toString('utf8'))).files;
  if (!file || file.size > LARGEST_SOUND)
    throw new FarmError('film.failed', { why: 'it is larger than a sound may be' });
  async function* pieces(chunks: readonly { digest: Digest }[]): AsyncGenerator<Uint8Array> {
    for (const { digest } of chunks)
      yield await retryLater(() => readBlob(blobs, digest, LARGEST_CHUNK), options);
  }
  await writeVerified(target, file.digest, pieces(blobsOfFile(file)));
}

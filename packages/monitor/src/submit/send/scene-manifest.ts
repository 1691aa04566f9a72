import type { BlobFacts } from './describe-blob.ts';

/** The bytes of a scene's manifest, as `manifestBytes` of the protocol writes them: the same files, the same digest. */
export function sceneManifest(files: readonly { path: string; facts: BlobFacts }[]): Uint8Array<ArrayBuffer> {
  const listed = files
    .map(({ path, facts: { digest, size, pieces } }) => ({
      path,
      digest,
      size,
      ...(pieces.length > 1
        ? { chunks: pieces.map((piece) => ({ digest: piece.digest, size: piece.size })) }
        : {}),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return new TextEncoder().encode(JSON.stringify({ version: 1, files: listed }));
}

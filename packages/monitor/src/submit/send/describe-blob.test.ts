import { cutPoint, LARGEST_CHUNK, Manifest, manifestBytes } from '@akashganga/protocol';
import { expect, it } from 'vitest';
import { describeBlob } from './describe-blob.ts';
import { sceneManifest } from './scene-manifest.ts';

/** Bytes without a pattern, the same each time. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let word = 12_345;
  for (let at = 0; at < length; at += 1) {
    word = (Math.imul(word, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = word >>> 24;
  }
  return bytes;
}

async function name(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256:${[...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

it('names a small file by its digest, an empty one too', async () => {
  const small = noise(1000);
  expect(await describeBlob(new Blob([small]), () => undefined)).toEqual({
    digest: await name(small),
    size: 1000,
    pieces: [{ digest: await name(small), size: 1000 }],
  });
  const none = await name(new Uint8Array());
  expect(await describeBlob(new Blob([]), () => undefined)).toMatchObject({ digest: none, size: 0 });
});

it('cuts a large file where the farm would cut it, and tells how far it has read', async () => {
  const large = noise(3 * LARGEST_CHUNK + 12_345);
  const sizes: number[] = [];
  for (let at = 0; at < large.length; ) {
    const size = cutPoint(large.subarray(at));
    sizes.push(size);
    at += size;
  }
  let read = 0;
  const facts = await describeBlob(new Blob([large]), (bytes) => {
    read += bytes;
  });
  expect(read).toBe(large.length);
  expect(facts.digest).toBe(await name(large));
  expect(facts.pieces.map(({ size }) => size)).toEqual(sizes);
  expect(facts.pieces[0]?.digest).toBe(await name(large.slice(0, sizes[0])));
});

it('writes the manifest that the command would write', async () => {
  const facts = await describeBlob(new Blob([noise(LARGEST_CHUNK + 1)]), () => undefined);
  const small = await describeBlob(new Blob(['b']), () => undefined);
  const bytes = sceneManifest([
    { path: 'z.png', facts: small },
    { path: 'a.blend', facts },
  ]);
  const manifest = Manifest.parse(JSON.parse(new TextDecoder().decode(bytes)));
  expect(new Uint8Array(manifestBytes(manifest.files))).toEqual(bytes);
});

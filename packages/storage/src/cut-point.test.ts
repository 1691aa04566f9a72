import { cutPoint, gearTable, SMALLEST_CHUNK } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { pseudoRandom } from './fixtures/pseudo-random.fixture.ts';
import { hashBytes } from './hash-bytes.ts';

const LARGEST = 4 * 1024 * 1024;

function cut(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const chunk = bytes.subarray(at, at + cutPoint(bytes.subarray(at)));
    chunks.push(chunk);
    at += chunk.length;
  }
  return chunks;
}

test('the table is the one that the chunks kept by farms were cut with', () => {
  expect(hashBytes(new Uint8Array(gearTable.buffer))).toBe(
    'sha256:a22a86d95bc18405f68ed5a0254053fb83df32ac0cf750910e741540c9f0ee96',
  );
});

test('chunks are within their bounds, about a mebibyte each, and make up the file', () => {
  const bytes = pseudoRandom(64 * 1024 * 1024);
  const chunks = cut(bytes);
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  for (const chunk of chunks.slice(0, -1)) {
    expect(chunk.length).toBeGreaterThan(SMALLEST_CHUNK);
    expect(chunk.length).toBeLessThanOrEqual(LARGEST);
  }
  expect(chunks.length).toBeGreaterThan(45);
  expect(chunks.length).toBeLessThan(90);
});

test('bytes inserted in the middle change the chunks around them and no others', () => {
  const bytes = pseudoRandom(32 * 1024 * 1024);
  const half = bytes.length / 2;
  const edited = Buffer.concat([bytes.subarray(0, half), Buffer.alloc(100, 1), bytes.subarray(half)]);
  const known = new Set(cut(bytes).map(hashBytes));
  const fresh = cut(edited).filter((chunk) => !known.has(hashBytes(chunk)));
  expect(fresh.length).toBeGreaterThan(0);
  expect(fresh.reduce((all, chunk) => all + chunk.length, 0)).toBeLessThan(LARGEST);
});

test('bytes that are all alike are cut at the largest size', () => {
  expect(cut(Buffer.alloc(10 * 1024 * 1024)).map(({ length }) => length)).toEqual([
    LARGEST,
    LARGEST,
    2 * 1024 * 1024,
  ]);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FarmError } from '@akashganga/protocol';
import fc from 'fast-check';
import { Decompress } from 'fzstd';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PARTS, STRUCTS } from '../fixtures/blends.fixture.ts';
import { type BlendPart, smallBlend } from '../fixtures/small-blend.fixture.ts';
import { zstdFrames } from '../fixtures/zstd.fixture.ts';
import { readBlend } from './read-blend.ts';

let folder = '';
let real: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-fuzz-'));
  real = await plainBytes(join(import.meta.dirname, '../../../../examples/galaxy.blend'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const small = (version: number) => smallBlend({ pointerSize: 8, isLittle: true, version }, STRUCTS, PARTS);
const EXTREMES = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

type Edit = { at: number; value: number; size: 1 | 4 | 8 };
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  value: fc.oneof(fc.constantFrom(...EXTREMES), fc.nat(0xffff)),
  size: fc.constantFrom(1, 4, 8),
});
const edits = fc.array(edit, { minLength: 1, maxLength: 12 });
const cut = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null, freq: 4 });

describe.each([
  ['a small file of 3.4', () => small(304)],
  ['a small file of 5.0', () => small(500)],
  ['a real file', () => real],
] as const)('%s', (name, make) => {
  test.each([
    ['as it is', (bytes: Buffer) => bytes],
    ['in gzip', (bytes: Buffer) => gzipSync(bytes, { level: 0 })],
    ['in zstd', (bytes: Buffer) => zstdFrames(bytes)],
  ])(
    'damaged %s is read or refused, and never more',
    async (_, pack) => {
      const whole = make();
      const runs = name === 'a real file' ? 15 : 120;
      const attempt = async (changes: readonly Edit[], end: number | null) => {
        const damaged = damage(whole, changes, end);
        expect(await outcome(pack(damaged))).not.toBe('failed');
        // The wrapping may be what is damaged, too.
        expect(await outcome(damage(pack(whole), changes, end))).not.toBe('failed');
      };
      await fc.assert(fc.asyncProperty(edits, cut, attempt), { numRuns: runs });
    },
    120_000,
  );
});

test('what is not damaged is read, in every wrapping', async () => {
  for (const whole of [small(304), small(500), real])
    for (const packed of [whole, gzipSync(whole), zstdFrames(whole)])
      expect(await outcome(packed)).toBe('read');
});

test('a length that only a bomb has is refused without the memory for it', async () => {
  const bytes = small(304);
  const at = bytes.indexOf('DNA1');
  bytes.writeInt32LE(0x7fff_ffff, at + 4);
  expect(await outcome(bytes)).toBe('refused');
  const recent = small(500);
  recent.writeBigInt64LE(2n ** 62n, recent.indexOf('IM\0\0') + 16);
  expect(await outcome(recent)).toBe('refused');
});

test('structures that point to each other a million times are refused, not followed', async () => {
  const elements = Array.from({ length: 3_000 }, () => ({ name: 'a.png' }));
  const sequences = Array.from({ length: 3_000 }, () => ({ strip: 2 }));
  const parts: BlendPart[] = [
    { code: 'SC', struct: 'Scene', values: { id: { name: 'SCa' } } },
    { code: 'DATA', struct: 'Strip', address: 2, values: { stripdata: 3, dir: '//' } },
    { code: 'DATA', struct: 'StripElem', address: 3, values: elements },
    { code: 'DATA', struct: 'Sequence', address: 4, values: sequences },
  ];
  const form = { pointerSize: 8, isLittle: true, version: 304 } as const;
  expect(await outcome(smallBlend(form, STRUCTS, parts))).toBe('refused');
});

function damage(whole: Buffer, changes: readonly Edit[], end: number | null): Buffer {
  const bytes = Buffer.from(end === null ? whole : whole.subarray(0, Math.floor(end * whole.length)));
  for (const { at, value, size } of changes) {
    const place = Math.floor(at * bytes.length);
    if (size === 8) for (const half of [0, 4]) put(bytes, place + half, value, 4);
    else put(bytes, place, value, size);
  }
  return bytes;
}

function put(bytes: Buffer, at: number, value: number, size: number): void {
  for (let index = 0; index < size && at + index < bytes.length; index++)
    bytes[at + index] = (value >>> (8 * index)) & 0xff;
}

async function outcome(bytes: Buffer): Promise<'read' | 'refused' | 'failed'> {
  const path = join(folder, 'fuzzed.blend');
  await writeFile(path, bytes);
  try {
    const { references } = await readBlend(path);
    // Nothing that is told lies beyond the file.
    const isInside = references.every(({ field }) => field.at >= 0 && field.room > 0);
    return isInside ? 'read' : 'failed';
  } catch (error) {
    if (error instanceof FarmError && error.code.startsWith('scene.')) return 'refused';
    throw error;
  }
}

async function plainBytes(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (bytes[0] === 0x1f) return gunzipSync(bytes);
  if (bytes.readUInt32LE(0) !== 0xfd2fb528) return bytes;
  const parts: Uint8Array[] = [];
  new Decompress((part) => parts.push(part)).push(bytes, true);
  return Buffer.concat(parts);
}

import { randomBytes } from 'node:crypto';
import { type Digest, FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { hashBytes } from '../hash-bytes.ts';
import type { Keeper } from '../keeper.ts';

/** The promises of `Keeper`, run against each of them. */
export function keeperSuite(open: () => Promise<Keeper>): void {
  test('what was put comes back, whole and in parts', async () => {
    const keeper = await open();
    const blob = randomBytes(200_000);
    const digest = hashBytes(blob);
    expect(await keeper.has(digest)).toBe(false);
    await keeper.put(digest, pieces(blob));
    expect(await keeper.size(digest)).toBe(blob.length);
    expect(await read(keeper, digest)).toEqual(blob);
    expect(await read(keeper, digest, { start: 10, end: 99_999 })).toEqual(blob.subarray(10, 100_000));
  });

  test('bytes that are not what their name says are refused and nothing is left', async () => {
    const keeper = await open();
    const digest = hashBytes(Buffer.from('truth'));
    await expect(keeper.put(digest, pieces(Buffer.from('a lie')))).rejects.toMatchObject({
      code: 'blob.wrong-digest',
    });
    expect(await keeper.has(digest)).toBe(false);
  });

  test('a source that breaks off leaves nothing', async () => {
    const keeper = await open();
    const blob = randomBytes(100_000);
    await expect(keeper.put(hashBytes(blob), breaksOff(blob))).rejects.toThrow('cut');
    expect(await keeper.has(hashBytes(blob))).toBe(false);
  });

  test('the same blob from ten sides at once is kept once and right', async () => {
    const keeper = await open();
    const blob = randomBytes(50_000);
    const digest = hashBytes(blob);
    await Promise.all(Array.from({ length: 10 }, () => keeper.put(digest, pieces(blob))));
    expect(await read(keeper, digest)).toEqual(blob);
  });

  test('what is not there is said so, and deleting it is no error', async () => {
    const keeper = await open();
    const digest = hashBytes(Buffer.from('never put'));
    await expect(keeper.get(digest)).rejects.toBeInstanceOf(FarmError);
    expect(await keeper.size(digest)).toBeNull();
    await keeper.delete(digest);
  });

  test('an empty blob is a blob', async () => {
    const keeper = await open();
    const digest = hashBytes(Buffer.alloc(0));
    await keeper.put(digest, pieces(Buffer.alloc(0)));
    expect(await read(keeper, digest)).toEqual(Buffer.alloc(0));
  });
}

async function* pieces(blob: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < blob.length; at += 64 * 1024) yield blob.subarray(at, at + 64 * 1024);
}

async function* breaksOff(blob: Buffer): AsyncIterable<Uint8Array> {
  yield blob.subarray(0, blob.length / 2);
  throw new Error('cut');
}

async function read(keeper: Keeper, digest: Digest, range?: { start: number; end: number }): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await keeper.get(digest, range)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

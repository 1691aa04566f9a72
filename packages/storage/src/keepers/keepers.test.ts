import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashBytes } from '../hash-bytes.ts';
import { keeperSuite } from './keeper-suite.ts';
import { limitReader } from './limit-reader.ts';
import { localKeeper } from './local-keeper.ts';
import { memoryKeeper } from './memory-keeper.ts';
import { retryReader } from './retry-reader.ts';
import { verifyReader } from './verify-reader.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-keeper-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('in memory', () => keeperSuite(async () => memoryKeeper()));
describe('in a local folder', () => keeperSuite(async () => localKeeper(folder)));

describe('with wrappers that retry, verify and limit', () =>
  keeperSuite(async () => {
    const tryAgain = <T>(work: () => Promise<T>) => work();
    const keeper = memoryKeeper();
    return { ...keeper, ...limitReader(verifyReader(retryReader(keeper, tryAgain)), 2) };
  }));

test('a refused upload leaves no temporary file in the folder', async () => {
  const own = join(folder, 'own');
  const digest = hashBytes(Buffer.from('truth'));
  await localKeeper(own)
    .put(
      digest,
      (async function* () {
        yield Buffer.from('lie');
      })(),
    )
    .catch(() => undefined);
  const left = await readdir(own, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

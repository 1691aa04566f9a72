import { type ChildProcess, spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blobsIn, sendBlobs } from '@akashganga/client';
import { blobsOfFile, digestHex, type ManifestFile, manifestBytes } from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BadLink } from './processes/bad-link.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// A process that fetches a scene is killed with no time to tidy up, and another goes on where it was.
const MIB = 1024 * 1024;
const program = fileURLToPath(new URL('./processes/fetch-manifest.mjs', import.meta.url));

let folder: TestFolder;
let farm: TestFarm;
beforeAll(async () => {
  folder = await TestFolder.make();
  farm = await TestFarm.start(folder, { workers: 0, frames: false });
});
afterAll(async () => {
  await farm[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A scene of one file that nobody has seen before, which the farm has. */
async function sentScene(size: number) {
  const bytes = createCipheriv('aes-128-ctr', Buffer.alloc(16, 9), Buffer.alloc(16)).update(
    Buffer.alloc(size),
  );
  const path = folder.join('scene.blend');
  await writeFile(path, bytes);
  const file: ManifestFile = { path: 'scene.blend', ...(await describeFile(path)) };
  const manifest = manifestBytes([file]);
  const digest = hashBytes(manifest);
  await sendBlobs(farm.client, [...blobsIn(path, file), { digest, bytes: manifest, size: manifest.length }]);
  return { bytes, file, digest };
}

/** Bytes of the chunks that lie, right, in the file that is being put together. */
async function verifiedIn(path: string, file: ManifestFile): Promise<number> {
  const part = await readFile(path);
  let offset = 0;
  let right = 0;
  for (const { digest, size } of blobsOfFile(file)) {
    if (hashBytes(part.subarray(offset, offset + size)) === digest) right += size;
    offset += size;
  }
  return right;
}

function fetchFrom(link: BadLink, digest: string, into: string): ChildProcess {
  const args = [program, link.url, farm.key, digest, into];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: folder.path });
}

test('after kill -9 in the middle of a fetch only what was not verified comes again', async () => {
  const { bytes, file, digest } = await sentScene(48 * MIB);
  await using link = await BadLink.to(farm.port);
  link.fault = { rate: 2 * MIB };
  const into = folder.join('kept');
  const first = fetchFrom(link, digest, into);
  const ended = once(first, 'exit');
  await expect.poll(() => link.down).toBeGreaterThan(24 * MIB);
  first.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  link.cut();
  expect(await readdir(join(into, 'placed')), 'nothing half is placed').toEqual([]);
  const name = digestHex(file.digest);
  const verified = await verifiedIn(join(into, 'files', name.slice(0, 2), `${name}.part`), file);
  // What was under way on eight lanes is lost, and what was kept is most of what came.
  expect(verified).toBeGreaterThan(8 * MIB);
  expect(verified).toBeLessThan(file.size);

  const before = link.down;
  link.fault = {};
  const second = fetchFrom(link, digest, into);
  let said = '';
  second.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  expect(await once(second, 'close')).toEqual([0, null]);
  const again = link.down - before;
  expect(again).toBeGreaterThanOrEqual(file.size - verified);
  // Headers, and the answers that say where each blob is.
  expect(again).toBeLessThan(file.size - verified + 100_000);
  expect((await readFile(join(said.trim(), 'scene.blend'))).equals(bytes)).toBe(true);
});

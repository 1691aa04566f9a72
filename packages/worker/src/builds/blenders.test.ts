import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildRef, FarmError } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Blenders } from './blenders.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const digest = `sha256:${'0'.repeat(64)}` as const;
const scene = (blender: string) => ({ manifest: digest, entry: 'a.blend', blender });
const build: BuildRef = { version: '4.2.1', platform: 'linux-x64', manifest: digest, entry: 'blender' };
const never = new AbortController().signal;

function blenders(own: readonly string[], open: () => Promise<string>): Blenders {
  return new Blenders({
    own: own.map((version) => ({ version, path: `/opt/${version}/blender` })),
    cache: { open: async () => ({ path: await open(), release: () => undefined }) },
    name: 'wanda',
    computer: { platform: 'linux-x64' },
    environment: { PATH: '/usr/bin:/bin' },
  });
}

async function program(text: string, mode = 0o755): Promise<string> {
  const path = join(folder, 'blender');
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

const none = () => Promise.reject(new Error('nothing is to be fetched'));

test('without a build the rule picks one of the computer’s own, and nothing is fetched', async () => {
  const own = blenders(['3.4.1', '3.6.2'], none);
  expect(await own.forLease({ scene: scene('3.4'), build: null }, never)).toMatchObject({ version: '3.4.1' });
  await expect(own.forLease({ scene: scene('4.0'), build: null }, never)).rejects.toMatchObject({
    code: 'scene.newer-blender',
  });
});

test('that a worker has no Blender at all is never put down to the scene', async () => {
  const lease = { scene: scene('3.4'), build: null };
  await expect(blenders([], none).forLease(lease, never)).rejects.toMatchObject({
    code: 'machine.needs-build',
    message: expect.stringContaining('wanda'),
  });
});

test('a build is fetched, seen to start, and used', async () => {
  const path = await program('#!/bin/sh\necho Blender 4.2.1\n');
  const farm = blenders(['3.4.1'], () => Promise.resolve(path));
  expect(await farm.forLease({ scene: scene('4.2'), build }, never)).toMatchObject({
    version: '4.2.1',
    path,
  });
});

test('a build that does not start here is a problem of this computer', async () => {
  const path = await program('#!/bin/sh\nexit 1\n');
  const farm = blenders([], () => Promise.resolve(path));
  await expect(farm.forLease({ scene: scene('4.2'), build }, never)).rejects.toMatchObject({
    code: 'build.incomplete',
    retry: 'elsewhere',
  });
});

test('a build whose files the farm has lost, or that lies about them, is no fault of the scene', async () => {
  for (const code of ['blob.unknown', 'manifest.invalid'] as const) {
    const lost = blenders([], () => Promise.reject(new FarmError(code, { digest, why: 'it does not fit' })));
    await expect(lost.forLease({ scene: scene('4.2'), build }, never)).rejects.toMatchObject({
      code: 'build.incomplete',
    });
  }
  const away = blenders([], () => Promise.reject(new FarmError('farm.unreachable', { url: 'x', why: 'y' })));
  await expect(away.forLease({ scene: scene('4.2'), build }, never)).rejects.toMatchObject({
    code: 'farm.unreachable',
  });
});

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeBlender } from './processes/command.ts';
import { expectProblem } from './processes/problems.ts';
import { writeFakeScene } from './processes/scenes.ts';
import { showFake } from './processes/show-fake.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const run = promisify(execFile);

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A build as blender.org lays one out, whose program is the fake Blender. */
async function makeBuild(version: string): Promise<string> {
  const name = `blender-${version}-linux-x64`;
  const build = folder.join('builds', name);
  await mkdir(build, { recursive: true });
  await cp(dirname(fakeBlender), `${build}/fake`, { recursive: true });
  const start = `#!/bin/sh\nexec ${process.execPath} "\${0%/*}/fake/fake-blender.mjs" "$@"\n`;
  await writeFile(`${build}/blender`, start, { mode: 0o755 });
  return build;
}

async function pack(build: string): Promise<string> {
  const name = build.split('/').at(-1) ?? '';
  await run('tar', ['-cJf', `${build}.tar.xz`, '-C', dirname(build), name]);
  return `${build}.tar.xz`;
}

/** The environment of a computer on which there is no Blender. */
async function withoutBlender(): Promise<Record<string, string | undefined>> {
  const path = folder.join('programs');
  await mkdir(path, { recursive: true });
  for (const program of ['sh', 'ffmpeg', 'ffprobe', 'bwrap', 'prlimit', 'setpriv', 'tar', 'xz'])
    await symlink(`/usr/bin/${program}`, `${path}/${program}`).catch(() => undefined);
  const fake = fakeEnvironment(folder);
  return {
    ...fake,
    // The build is a fake one that needs Node, which the sandbox of a build does not show.
    ...showFake(fakeBlender, fake),
    AKASHGANGA_BLENDER: undefined,
    AKASHGANGA_DATA: folder.join('command'),
    PATH: path,
  };
}

async function startFarm(): Promise<TestFarm> {
  return TestFarm.start(folder, { environment: await withoutBlender(), workers: 1 });
}

test('a worker without Blender renders with the archive that the farm was given', async () => {
  await using farm = await startFarm();
  const scene = await writeFakeScene(folder, { frameEnd: 3 });
  const early = await farm.submit(scene);
  const waiting = await farm.until(early, (job) => job.waitsFor !== null);
  expect(waiting.waitsFor).toContain('blender add');
  const archive = await pack(await makeBuild('3.4.1'));
  const added = await farm.command(['blender', 'add', archive]);
  expect(added.last, added.stderr).toMatchObject({
    event: 'blender-added',
    version: '3.4.1',
    origin: 'archive',
  });
  expect(await farm.ended(early)).toMatchObject({ state: 'completed', blender: '3.4.1' });
  expect((await farm.command(['blender', 'list'])).lines).toMatchObject([
    { version: '3.4.1', platform: 'linux-x64' },
  ]);
  // Nothing of the unpacking stays, and the same again travels no more.
  expect(await readdir(folder.join('command', 'unpacking'))).toEqual([]);
  const again = await farm.command(['blender', 'add', archive]);
  expect(again.stderr).toContain('has all its files already');
  expect((await farm.command(['blender', 'remove', '3.4.1'])).last).toMatchObject({
    event: 'blender-removed',
  });
  expectProblem(await farm.command(['blender', 'remove', '3.4.1']), 2, 'build.unknown', ['3.4.1']);
});

test('a version is fetched from where it is published, checked, and kept only if it is right', async () => {
  await using farm = await startFarm();
  const archive = await pack(await makeBuild('3.4.1'));
  const bytes = await readFile(archive);
  let checksum = '0'.repeat(64);
  const server = createServer((request, reply) => {
    if (request.url === '/Blender3.4/blender-3.4.1.sha256')
      reply.end(`${checksum}  blender-3.4.1-linux-x64.tar.xz\n`);
    else if (request.url?.endsWith('.tar.xz')) reply.end(bytes);
    else reply.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const from = { AKASHGANGA_BLENDER_DOWNLOADS: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  try {
    expectProblem(await farm.command(['blender', 'add', '3.4.1'], from), 1, 'build.wrong-checksum', [
      '3.4.1',
    ]);
    expect((await farm.command(['blender', 'list'])).lines).toEqual([]);
    checksum = createHash('sha256').update(bytes).digest('hex');
    const added = await farm.command(['blender', 'add', '3.4.1'], from);
    expect(added.last, added.stderr).toMatchObject({ event: 'blender-added', origin: 'download' });
    expectProblem(await farm.command(['blender', 'add', '9.9.9'], from), 2, 'build.not-offered', ['9.9.9']);
  } finally {
    server.close();
  }
  const nowhere = { AKASHGANGA_BLENDER_DOWNLOADS: 'http://127.0.0.1:9' };
  expectProblem(await farm.command(['blender', 'add', '3.4.2'], nowhere), 4, 'build.unreachable', ['3.4.2']);
  expectProblem(await farm.command(['blender', 'add', folder.join('none')]), 2, 'build.refused', ['none']);
  const id = await farm.submit(await writeFakeScene(folder, { frameEnd: 2 }), ['--blender', '3.4.1']);
  expect(await farm.ended(id)).toMatchObject({ state: 'completed', blender: '3.4.1' });
});

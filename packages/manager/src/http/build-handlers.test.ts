import { type Build, manifestBytes } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemOf, TestServer } from './http.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.manager();
}, 60_000);
afterAll(() => server.close());

async function kept(bytes: Buffer): Promise<string> {
  const digest = hashBytes(bytes);
  await server.fetch(`/blobs/${digest}`, { method: 'PUT', body: new Uint8Array(bytes) });
  return digest;
}

async function manifestOf(paths: readonly string[]): Promise<string> {
  const program = Buffer.from('a program');
  const digest = hashBytes(program);
  await kept(program);
  return kept(manifestBytes(paths.map((path) => ({ path, digest, size: program.length }))));
}

const post = (body: object) =>
  server.fetch('/builds', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ platform: 'linux-x64', entry: 'blender', origin: 'archive', ...body }),
  });
const list = async () => ((await (await server.fetch('/builds')).json()) as { builds: Build[] }).builds;

test('builds are added, listed with their size, kept over a restart, and removed', async () => {
  const manifest = await manifestOf(['blender', 'lib/libx.so']);
  const added = await (await post({ version: '4.2.1', manifest })).json();
  expect(added).toMatchObject({ version: '4.2.1', files: 2, size: 18, manifest });
  await post({ version: '4.2.1', manifest });
  await post({ version: '4.2.1', platform: 'win32-x64', manifest });
  await post({ version: '3.6.11', manifest });
  const { folder } = server;
  await server.stop();
  server = await TestServer.manager(folder);
  expect((await list()).map((build) => `${build.version} ${build.platform}`)).toEqual([
    '3.6.11 linux-x64',
    '4.2.1 linux-x64',
    '4.2.1 win32-x64',
  ]);
  const removed = await server.fetch('/builds/4.2.1?platform=win32-x64', { method: 'DELETE' });
  expect(await removed.json()).toMatchObject({ removed: [{ platform: 'win32-x64' }] });
  expect((await server.fetch('/builds/4.2.1', { method: 'DELETE' })).status).toBe(200);
  expect((await list()).map((build) => build.version)).toEqual(['3.6.11']);
  expect(await problemOf(await server.fetch('/builds/4.2.1', { method: 'DELETE' }))).toMatchObject({
    code: 'build.unknown',
    status: 404,
  });
});

test('a build is refused that is not whole, has no program, or says odd things of itself', async () => {
  const manifest = await manifestOf(['blender']);
  const lacking = await kept(
    manifestBytes([{ path: 'blender', digest: hashBytes(Buffer.from('nobody has it')), size: 13 }]),
  );
  const refused: [object, string][] = [
    [{ version: '4.2.1', manifest: `sha256:${'1'.repeat(64)}` }, 'blob.unknown'],
    [{ version: '4.2.1', manifest: lacking }, 'blob.unknown'],
    [{ version: '4.2.1', manifest, entry: 'bin/blender' }, 'manifest.invalid'],
    [{ version: '4.2.1', manifest, entry: '../blender' }, 'request.invalid'],
    [{ version: '4.2.1; rm', manifest }, 'request.invalid'],
    [{ version: '4.2.1', manifest, platform: '../x' }, 'request.invalid'],
  ];
  const before = await list();
  for (const [body, code] of refused) expect(await problemOf(await post(body))).toMatchObject({ code });
  expect(await list()).toEqual(before);
});

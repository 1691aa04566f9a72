import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchArchive } from './fetch-archive.ts';

let folder: string;
let server: Server;
/** What the server has, by path. A number is answered as a status; 0 begins to answer and breaks off. */
let pages: Record<string, Buffer | string | number>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-'));
  pages = {};
  server = createServer((request, reply) => {
    const page = pages[request.url ?? ''] ?? 404;
    if (page === 0) {
      reply.writeHead(200, { 'content-length': '1000' });
      reply.write('the beginning', () => reply.destroy());
    } else if (typeof page === 'number') reply.writeHead(page).end();
    else reply.end(page);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true, force: true });
});

const from = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/release`;
const get = (version: string, platform = 'linux-x64', url = from()) =>
  fetchArchive({ version, platform, from: url }, folder, new AbortController().signal);

/** Archives with their checksums, as the publisher lays them out. */
function publish(version: string, endings: readonly string[]): void {
  const series = version.split('.').slice(0, 2).join('.');
  const lines = endings.map((ending) => {
    const name = `blender-${version}-${ending}`;
    const bytes = `the bytes of ${name}`;
    pages[`/release/Blender${series}/${name}`] = bytes;
    return `${createHash('sha256').update(bytes).digest('hex')}  ${name}`;
  });
  pages[`/release/Blender${series}/blender-${version}.sha256`] = `${lines.join('\n')}\n`;
}

test.each([
  ['4.2.1', 'linux-x64', 'linux-x64.tar.xz'],
  ['4.2.1', 'win32-x64', 'windows-x64.zip'],
  ['2.83.5', 'linux-x64', 'linux64.tar.xz'],
])('%s for %s is fetched and checked', async (version, platform, ending) => {
  publish(
    version,
    ['linux-x64.tar.xz', 'windows-x64.zip', 'macos-arm64.dmg'].includes(ending)
      ? ['linux-x64.tar.xz', 'windows-x64.zip']
      : [ending],
  );
  const path = await get(version, platform);
  expect(basename(path)).toBe(`blender-${version}-${ending}`);
  expect(await readFile(path, 'utf8')).toBe(`the bytes of blender-${version}-${ending}`);
});

test('of a series the newest is fetched', async () => {
  for (const version of ['4.2.2', '4.2.10', '4.2.9']) publish(version, ['linux-x64.tar.xz']);
  pages['/release/Blender4.2/'] = Object.keys(pages)
    .map((path) => `<a href="${basename(path)}">x</a>`)
    .join('\n');
  expect(basename(await get('4.2'))).toBe('blender-4.2.10-linux-x64.tar.xz');
});

test('bytes that are not what the checksum says are refused', async () => {
  publish('4.2.1', ['linux-x64.tar.xz']);
  pages['/release/Blender4.2/blender-4.2.1-linux-x64.tar.xz'] = 'exchanged on the way';
  await expect(get('4.2.1')).rejects.toMatchObject({ code: 'build.wrong-checksum' });
});

test('what is not published is said to be so, with the place that was asked', async () => {
  await expect(get('9.9.9')).rejects.toMatchObject({ code: 'build.not-offered' });
  publish('4.2.1', ['macos-arm64.dmg']);
  await expect(get('4.2.1')).rejects.toThrow(/no Blender 4.2.1 for linux-x64 at http/);
  await expect(get('4.2.1', 'darwin-arm64')).rejects.toMatchObject({ code: 'build.not-offered' });
});

test('a place that cannot be reached, fails, or breaks off is told from that', async () => {
  await expect(get('4.2.1', 'linux-x64', 'http://127.0.0.1:9/release')).rejects.toMatchObject({
    code: 'build.unreachable',
  });
  pages['/release/Blender4.2/blender-4.2.1.sha256'] = 500;
  await expect(get('4.2.1')).rejects.toThrow(/it answers with 500/);
  publish('4.2.1', ['linux-x64.tar.xz']);
  pages['/release/Blender4.2/blender-4.2.1-linux-x64.tar.xz'] = 0;
  await expect(get('4.2.1')).rejects.toMatchObject({ code: 'build.unreachable' });
});

test('a fetch can be given up', async () => {
  publish('4.2.1', ['linux-x64.tar.xz']);
  const given = new AbortController();
  given.abort();
  await expect(
    fetchArchive({ version: '4.2.1', platform: 'linux-x64', from: from() }, folder, given.signal),
  ).rejects.toMatchObject({ name: 'AbortError' });
  expect(await readdir(folder)).toEqual([]);
});

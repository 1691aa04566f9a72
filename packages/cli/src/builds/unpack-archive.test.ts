import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Member, official, program, tarXz, zip } from './archive.fixture.ts';
import { listBuildFiles } from './build-files.ts';
import { unpackArchive } from './unpack-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

async function unpack(name: string, bytes: Buffer): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return unpackArchive(join(folder, name), folder, never);
}

async function unpackAndList(name: string, bytes: Buffer) {
  return listBuildFiles(await unpack(name, bytes), { trusted: false });
}

test.each([
  ['b.tar.xz', tarXz(official('4.2.1', 'b'))],
  ['b.zip', zip(official('4.2.1', 'b').filter((member) => member.link === undefined))],
])('%s is unpacked with its programs still programs', async (name, bytes) => {
  const files = await unpackAndList(name, bytes);
  const found = files.find((file) => file.path === 'b/blender');
  expect(await readFile(found?.source ?? '', 'utf8')).toBe(program('4.2.1'));
  expect((await stat(found?.source ?? '')).mode & 0o777).toBe(0o755);
  expect(files.filter((file) => file.executable).map((file) => file.path)).toEqual(['b/blender']);
});

test('a link inside an archive becomes a file with the bytes of the other', async () => {
  const files = await unpackAndList('b.tar.xz', tarXz(official('4.2.1', 'b')));
  const link = files.find((file) => file.path === 'b/lib/libtbb.so');
  expect(await readFile(link?.source ?? '', 'utf8')).toBe('a library');
});

const hostile: [string, Member[]][] = [
  ['a path above the archive', [{ path: '../outside', text: 'x' }]],
  ['a path above it, later', [{ path: 'b/../../outside', text: 'x' }]],
  ['an absolute path', [{ path: '/tmp/akg-outside', text: 'x' }]],
  ['a link that leads out', [{ path: 'b/passwd', link: '/etc/passwd' }]],
  ['a link that leads above', [{ path: 'b/up', link: '../../../etc/passwd' }]],
  ['a link to a folder above, which has no end', [{ path: 'b/c/again', link: '..' }]],
  ['a link to nothing', [{ path: 'b/nothing', link: 'nowhere' }]],
  [
    'a file written through a link',
    [
      { path: 'b/out', link: '/tmp' },
      { path: 'b/out/akg-outside', text: 'x' },
    ],
  ],
  ['a hard link that leads out', [{ path: 'b/passwd', kind: '1', link: '/etc/passwd' }]],
  ['a hard link that leads above', [{ path: 'b/up', kind: '1', link: '../../../../../../etc/passwd' }]],
  [
    'a hard link to a link that leads out',
    [
      { path: 'b/passwd', link: '/etc/passwd' },
      { path: 'b/again', kind: '1', link: 'b/passwd' },
    ],
  ],
  [
    'a file written through a hard link',
    [
      { path: 'b/out', link: '/tmp/akg-outside' },
      { path: 'b/again', kind: '1', link: 'b/out' },
      { path: 'b/again', text: 'x' },
    ],
  ],
  ['a disk', [{ path: 'b/disk', kind: '4' }]],
  ['a device', [{ path: 'b/device', kind: '3' }]],
  ['a pipe', [{ path: 'b/pipe', kind: '6' }]],
  ['a name Windows has for a device', [{ path: 'b/aux.txt', text: 'x' }]],
];

test.each(hostile)('a tar with %s is refused', async (_, members) => {
  await expect(unpackAndList('b.tar.xz', tarXz(members))).rejects.toMatchObject({ code: 'build.refused' });
  expect(await readdir(folder)).toEqual(expect.not.arrayContaining(['outside']));
  await expect(stat('/tmp/akg-outside')).rejects.toThrow();
});

test.each(hostile.filter(([, members]) => !members.some((member) => member.kind)))(
  'a zip with %s is refused',
  async (_, members) => {
    await expect(unpackAndList('b.zip', zip(members))).rejects.toMatchObject({ code: 'build.refused' });
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining(['outside']));
    await expect(stat('/tmp/akg-outside')).rejects.toThrow();
  },
);

test.each(['b.tar.xz', 'b.zip', 'b.rar'])('%s that is no archive, or cut short, is refused', async (name) => {
  const good = name.endsWith('.zip') ? zip(official('4.2.1')) : tarXz(official('4.2.1'));
  for (const bytes of [Buffer.from('hello'), Buffer.alloc(0), good.subarray(0, good.length / 2)]) {
    await expect(unpack(name, bytes)).rejects.toMatchObject({ code: 'build.refused' });
    await rm(join(folder, 'unpacked'), { recursive: true });
  }
});

test('an archive that says it is small and unpacks to more is refused', async () => {
  const lie = zip([{ path: 'b/blender', text: 'x'.repeat(1000) }]);
  // The size in the local header and in the directory.
  for (
    let at = lie.indexOf('\xe8\x03\0\0', 0, 'latin1');
    at >= 0;
    at = lie.indexOf('\xe8\x03\0\0', at + 1, 'latin1')
  )
    lie.writeUInt32LE(10, at);
  await expect(unpack('b.zip', lie)).rejects.toMatchObject({ code: 'build.refused' });
});

test.each([
  ['b.tar.xz', tarXz(official('4.2.1', 'b'))],
  ['b.zip', zip(official('4.2.1', 'b').filter((member) => member.link === undefined))],
])('%s with more files or more bytes than any Blender has is refused', async (name, bytes) => {
  await writeFile(join(folder, name), bytes);
  for (const limits of [
    { files: 2, bytes: 1e9 },
    { files: 100, bytes: 40 },
  ]) {
    const unpacking = unpackArchive(join(folder, name), folder, never, limits);
    await expect(unpacking).rejects.toMatchObject({ code: 'build.refused' });
    await rm(join(folder, 'unpacked'), { recursive: true });
  }
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { official, program } from './archive.fixture.ts';
import { readBuild } from './read-build.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akg-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const here = `${platform()}-${arch()}`;
const read = (name: string, wanted: string | null = null) =>
  readBuild(folder, { name, platform: wanted, environment: { PATH: '/usr/bin:/bin' } });

async function put(path: string, bytes: string | Buffer, mode = 0o755): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes, { mode });
}

async function putOfficial(version: string, inside = ''): Promise<void> {
  for (const { path, text, mode } of official(version, `x${inside}`))
    if (text !== undefined) await put(path.slice(2), text, mode ?? 0o644);
}

function windowsProgram(machine: number): Buffer {
  const head = Buffer.alloc(512);
  head.write('MZ');
  head.writeUInt32LE(0x80, 0x3c);
  head.write('PE\0\0', 0x80);
  head.writeUInt16LE(machine, 0x84);
  return head;
}

test('a Blender that runs here says itself which version it is, whatever its folder is called', async () => {
  await putOfficial('4.2.1');
  const build = await read('my-favourite');
  expect(build).toMatchObject({ version: '4.2.1', platform: here, entry: 'blender' });
  expect(build.files.map((file) => file.path).sort()).toEqual([
    ...['4.2/scripts/startup/bl_ui.py', 'blender', 'lib/libtbb.so.12'],
  ]);
});

test('the folder inside the folder is found', async () => {
  await put('blender-4.2.1/blender', program('4.2.1'));
  await put('blender-4.2.1/4.2/scripts/a.py', 'pass');
  expect((await read('x')).files.map((file) => file.path)).toContain('4.2/scripts/a.py');
});

test('the first release of a series has a patch like all others', async () => {
  await put('blender', program('4.2'));
  expect((await read('x')).version).toBe('4.2.0');
});

test.each([
  ['blender-4.2.1-windows-x64.zip', 'blender.exe', 'win32-x64'],
  ['blender-2.83.5-windows64.zip', 'blender.exe', 'win32-x64'],
  ['blender-4.2.1-macos-arm64', 'Blender.app/Contents/MacOS/Blender', 'darwin-arm64'],
  ['blender-4.2.1-linux-arm64.tar.xz', 'blender', 'linux-arm64'],
])('%s is recognised by its name', async (name, entry, recognised) => {
  await put(entry, 'not for this computer');
  expect(await read(name)).toMatchObject({
    version: /\d+\.\d+\.\d+/.exec(name)?.[0],
    platform: recognised,
    entry,
  });
});

test.each([
  ['blender.exe', windowsProgram(0x8664), 'win32-x64'],
  ['blender.exe', windowsProgram(0xaa64), 'win32-arm64'],
  [
    'blender',
    Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(14), Buffer.from([0xb7, 0, 0, 0])]),
    'linux-arm64',
  ],
  ['Contents/MacOS/Blender', Buffer.from('cffaedfe0c000001', 'hex'), 'darwin-arm64'],
])('%s with the head of another system is recognised by that: %#', async (entry, bytes, recognised) => {
  await put(entry, bytes);
  expect(await read('blender-4.2.1')).toMatchObject({ platform: recognised, version: '4.2.1' });
});

test('what a person says of the platform counts', async () => {
  await put('blender', 'whatever this is');
  expect(await read('blender-4.2.1', 'linux-riscv64')).toMatchObject({ platform: 'linux-riscv64' });
});

test('what is no Blender, has no version or lies about it is refused', async () => {
  await put('readme.txt', 'hello');
  await expect(read('blender-4.2.1-linux-x64')).rejects.toThrow(/there is no Blender in it/);
  await put('blender', 'not a program');
  await expect(read('blender-4.2.1')).rejects.toThrow(/--platform/);
  await expect(read('something', 'linux-arm64')).rejects.toThrow(/its version cannot be told/);
  await put('3.6/scripts/a.py', '');
  await expect(read('blender-4.2.1', 'linux-arm64')).rejects.toThrow(/its name says 4.2.1, and in it is 3.6/);
});

test('a link that leads out of the folder is refused', async () => {
  await putOfficial('4.2.1');
  await symlink('/etc/passwd', join(folder, 'passwd'));
  await expect(read('x')).rejects.toThrow(/passwd .* link that leads out/);
});

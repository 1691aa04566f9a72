import { open, readdir, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { type LocalBuild, listBuildFiles } from './build-files.ts';

/** Where the program is in what blender.org offers for Linux, Windows and macOS. */
const ENTRIES = ['blender', 'blender.exe', 'Blender.app/Contents/MacOS/Blender', 'Contents/MacOS/Blender'];

export interface ReadBuildOptions {
  /** What people know it by: the archive's name, or the folder's, such as blender-4.2.1-linux-x64. */
  readonly name: string;
  /** The person's word, which counts more than what is recognised. */
  readonly platform: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The Blender in a folder as archives of blender.org unpack to. Its version is what it says when it runs here, else
 * what the names say. Throws `build.refused`.
 */
export async function readBuild(folder: string, options: ReadBuildOptions): Promise<LocalBuild> {
  const root = await rootOf(folder);
  const entry = await entryIn(root, options.name);
  const found = options.platform ?? (await platformOf(join(root, entry), options.name));
  if (!found) throw refused(options.name, 'it is not known for which platform it is; say so with --platform');
  const version =
    (await versionByRunning(root, entry, found, options)) ?? (await versionByName(root, options.name));
  if (!version)
    throw refused(
      options.name,
      'its version cannot be told; give it its name back, like blender-4.2.1-linux-x64',
    );
  return { version, platform: found, entry, files: await listBuildFiles(root, { trusted: false }) };
}

/** Archives hold one folder with everything; what a person unpacked may be that folder, or the one around it. */
async function rootOf(folder: string): Promise<string> {
  const names = await readdir(folder);
  const [only] = names;
  const isWrapped = names.length === 1 && only !== undefined && only !== 'Contents' && !only.endsWith('.app');
  if (isWrapped && (await stat(join(folder, only))).isDirectory()) return join(folder, only);
  return folder;
}

async function entryIn(root: string, name: string): Promise<string> {
  for (const entry of ENTRIES) {
    const found = await stat(join(root, entry)).catch(() => null);
    if (found?.isFile()) return entry;
  }
  throw refused(name, 'there is no Blender in it');
}

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', windows: 'win32', macos: 'darwin' };

async function platformOf(program: string, name: string): Promise<string | null> {
  const [, system, word = ''] = /(linux|windows|macos)-?(x86_64|x64|64|arm64)/.exec(name) ?? [];
  if (system) return `${SYSTEMS[system]}-${word === 'arm64' ? 'arm64' : 'x64'}`;
  const head = await headOf(program);
  // A script runs where it is, if at all.
  return platformOfHead(head) ?? (head.subarray(0, 2).toString() === '#!' ? `${platform()}-${arch()}` : null);
}

/** The platform from the first bytes of a program: ELF, Windows PE or Mach-O. */
function platformOfHead(head: Buffer): string | null {
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF')
    return { 62: 'linux-x64', 183: 'linux-arm64' }[head.readUInt16LE(18)] ?? null;
  if (head.subarray(0, 2).toString() === 'MZ') {
    const at = head.readUInt32LE(0x3c);
    if (at + 6 > head.length) return null;
    return { 34404: 'win32-x64', 43620: 'win32-arm64' }[head.readUInt16LE(at + 4)] ?? null;
  }
  if (head.readUInt32LE(0) === 0xfeedfacf)
    return { 16777223: 'darwin-x64', 16777228: 'darwin-arm64' }[head.readUInt32LE(4)] ?? null;
  return null;
}

const HEAD = 4096;

async function headOf(program: string): Promise<Buffer> {
  const file = await open(program, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, 0);
    return head;
  } finally {
    await file.close();
  }
}

async function versionByRunning(
  root: string,
  entry: string,
  found: string,
  { environment }: ReadBuildOptions,
): Promise<string | null> {
  if (found !== `${platform()}-${arch()}`) return null;
  const { tryBlender } = await import('@akashganga/worker');
  const version = await tryBlender(join(root, entry), environment);
  // Blender says 4.2 for its first release, which is 4.2.0 everywhere else.
  return version && /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
}

/** From the archive's name; it must agree with the folder that is named after the series. */
async function versionByName(root: string, name: string): Promise<string | null> {
  const names = [name, basename(root)].map((one) => /(\d+\.\d+\.\d+)/.exec(one)?.[1]);
  const version = names.find((one) => one !== undefined) ?? null;
  const series = (await readdir(root)).filter((one) => /^\d+\.\d+$/.test(one));
  if (version && series.length > 0 && !series.some((one) => version.startsWith(`${one}.`)))
    throw refused(name, `its name says ${version}, and in it is ${series.join(', ')}`);
  return version;
}

function refused(path: string, why: string): FarmError {
  return new FarmError('build.refused', { path, why });
}

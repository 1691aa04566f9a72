import { execFile } from 'node:child_process';
import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The packages of Debian and Ubuntu with the libraries that archives from blender.org expect of the system. */
const PACKAGES: Readonly<Record<string, string>> = {
  'libX11.so.6': 'libx11-6',
  'libX11-xcb.so.1': 'libx11-xcb1',
  'libxcb.so.1': 'libxcb1',
  'libXi.so.6': 'libxi6',
  'libXxf86vm.so.1': 'libxxf86vm1',
  'libXfixes.so.3': 'libxfixes3',
  'libXrender.so.1': 'libxrender1',
  'libXext.so.6': 'libxext6',
  'libXrandr.so.2': 'libxrandr2',
  'libXinerama.so.1': 'libxinerama1',
  'libXcursor.so.1': 'libxcursor1',
  'libxkbcommon.so.0': 'libxkbcommon0',
  'libSM.so.6': 'libsm6',
  'libICE.so.6': 'libice6',
  'libGL.so.1': 'libgl1',
  'libGLU.so.1': 'libglu1-mesa',
  'libEGL.so.1': 'libegl1',
  'libOpenGL.so.0': 'libopengl0',
  'libwayland-client.so.0': 'libwayland-client0',
  'libwayland-egl.so.1': 'libwayland-egl1',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libgomp.so.1': 'libgomp1',
  'libstdc++.so.6': 'libstdc++6',
};

/** Opened while it renders, so the program's head does not name it: EEVEE and Workbench fail without. */
const OPENED_LATER = ['libEGL.so.1'];

/**
 * The shared libraries that a Blender asks of this system and does not get, sorted. Empty when it has all, when
 * it brings them along, and where there is no `ldd` to ask (macOS, Windows).
 */
export async function missingLibraries(program: string): Promise<string[]> {
  if (process.platform !== 'linux' || !(await isNative(program))) return [];
  const beside = join(dirname(program), 'lib');
  const more = (await readdir(beside).catch(() => [])).filter((name) => /\.so(\.\d+)*$/.test(name));
  const asked = [program, ...more.map((name) => join(beside, name))];
  const { stdout } = await run('ldd', asked, {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', LD_LIBRARY_PATH: beside },
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const missing = new Set([...stdout.matchAll(/^\s+(\S+) => not found/gm)].map((match) => match[1] ?? ''));
  for (const name of OPENED_LATER) if (!more.includes(name) && !(await isInSystem(name))) missing.add(name);
  return [...missing].sort();
}

/** What `apt-get install` is to be given to get these libraries; those nobody knows are left out. */
export function packagesWith(libraries: readonly string[]): string[] {
  return [...new Set(libraries.flatMap((name) => PACKAGES[name] ?? []))].sort();
}

// A script, such as the one that starts a Blender with libraries of its own, asks nothing of the system.
async function isNative(program: string): Promise<boolean> {
  const file = await open(program, 'r').catch(() => null);
  if (!file) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === '\x7fELF';
  } finally {
    await file.close();
  }
}

const FOLDERS = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/local/lib'];

async function isInSystem(name: string): Promise<boolean> {
  const known = await run('/sbin/ldconfig', ['-p'], { maxBuffer: 16 * 1024 * 1024 }).catch(() => null);
  if (known?.stdout.includes(`\t${name} `)) return true;
  for (const folder of FOLDERS) {
    const names = await readdir(folder).catch((): string[] => []);
    if (names.includes(name)) return true;
  }
  return false;
}

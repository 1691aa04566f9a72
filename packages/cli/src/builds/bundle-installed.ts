import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FarmError } from '@akashganga/protocol';
import { z } from 'zod';
import { type BuildFile, type LocalBuild, listBuildFiles } from './build-files.ts';

const run = promisify(execFile);
const asset = (name: string) => fileURLToPath(new URL(`../../blender/${name}`, import.meta.url));

/** What describe-installed.py says. */
const Installed = z.object({
  version: z.string(),
  program: z.string(),
  scripts: z.string(),
  datafiles: z.string(),
  /** Python's own modules, and the folder that they and the extras are found from. */
  python: z.string(),
  prefix: z.string(),
  extras: z.record(z.string(), z.string()),
  libraries: z.array(z.string()),
});
type Installed = z.infer<typeof Installed>;

/**
 * This computer's Blender with everything it needs of this system, so that it runs on a computer of the same
 * platform that has nothing: its program, scripts and data, Python's own modules, every shared library down to
 * the C library and the loader, and the software renderer of OpenGL. Asks Blender itself what it uses, which
 * takes some seconds. `blender` is its path; `environment` what it may see.
 */
export async function bundleInstalled(
  blender: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LocalBuild> {
  if (platform() !== 'linux')
    throw refused(blender, 'taking an installed Blender works on Linux only; give its archive or folder');
  const installed = await describe(blender, environment);
  const series = /^\d+\.\d+/.exec(installed.version)?.[0] ?? '';
  const files = [
    { path: 'blender', source: asset('start-blender.sh'), executable: true },
    { path: 'blender.bin', source: installed.program, executable: true },
    ...(await listBuildFiles(installed.scripts, {
      prefix: `${series}/scripts/`,
      trusted: true,
      skip: isCache,
    })),
    ...(await listBuildFiles(installed.datafiles, { prefix: `${series}/datafiles/`, trusted: true })),
    ...(await listBuildFiles(installed.python, {
      prefix: pythonPath(installed, installed.python, series),
      trusted: true,
      skip: isNoRuntime,
    })),
    ...(await extras(installed, series)),
    ...(await vendors()),
  ];
  const modules = files.filter((file) => extname(file.path) === '.so').map((file) => file.source);
  const libraries = await libraryFiles(installed, modules);
  return {
    version: installed.version,
    platform: `${platform()}-${arch()}`,
    entry: 'blender',
    files: [...files, ...libraries],
  };
}

async function describe(
  blender: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-blender-'));
  const answer = join(folder, 'installed.json');
  try {
    const args = ['--background', '--factory-startup', '--python-exit-code', '7'];
    await run(blender, [...args, '--python', asset('describe-installed.py'), '--', answer], {
      env: environment as NodeJS.ProcessEnv,
      timeout: 300_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return Installed.parse(JSON.parse(await readFile(answer, 'utf8')));
  } catch (cause) {
    const why = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (cause as Error).message;
    throw refused(blender, `it does not tell what it consists of: ${why}`, cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isCache(name: string): boolean {
  return name === '__pycache__';
}

/** Parts of Python that no program needs to run. */
const NO_RUNTIME = /^(__pycache__|test|tests|idlelib|turtledemo|tkinter|ensurepip|lib2to3|config-.*)$/;

function isNoRuntime(name: string): boolean {
  return NO_RUNTIME.test(name) || extname(name) === '.a';
}

async function extras(installed: Installed, series: string): Promise<BuildFile[]> {
  const lists = Object.values(installed.extras).map((folder) =>
    listBuildFiles(folder, {
      prefix: pythonPath(installed, folder, series),
      trusted: true,
      skip: isNoRuntime,
    }),
  );
  return (await Promise.all(lists)).flat();
}

/** Python looks for its modules at fixed places below its prefix, and each system has its own. */
function pythonPath({ prefix }: Installed, folder: string, series: string): string {
  const inside = relative(prefix, folder);
  const isInside = inside !== '' && !inside.startsWith('..');
  return `${series}/python/${isInside ? inside : join('lib', basename(folder))}/`;
}

const VENDORS = '/usr/share/glvnd/egl_vendor.d';

/** Which libraries stand behind libEGL. A card's own driver belongs to the computer with the card. */
async function vendors(): Promise<BuildFile[]> {
  const names = await readdir(VENDORS).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json') && !name.includes('nvidia'))
    .map((name) => ({ path: `glvnd/${name}`, source: join(VENDORS, name), executable: false }));
}

/** Libraries by the names under which they are asked for, the loader, and what libraries open by themselves. */
async function libraryFiles(installed: Installed, modules: readonly string[]): Promise<BuildFile[]> {
  const { program, libraries } = installed;
  const drivers = libraries.filter((path) => /\/dri\/[^/]+_dri\.so$/.test(path));
  const gconv = libraries.filter((path) => basename(dirname(path)) === 'gconv');
  const apart = new Set([...drivers, ...gconv, ...modules]);
  const used = libraries.filter((path) => !apart.has(path));
  const found = new Map(await needed([program, ...used, ...modules, ...drivers, ...gconv]));
  const named = new Set(await Promise.all([...found.values()].map((path) => realpath(path))));
  // Opened by name while it ran, so nothing asks for it in its head.
  for (const path of used) if (!named.has(path)) found.set(await nameOf(path), path);
  const loader = [...found].find(([name]) => /^ld(-linux|64)/.test(name));
  if (!loader) throw refused(program, 'the loader of its libraries was not found');
  return [
    { path: 'loader', source: await realpath(loader[1]), executable: true },
    ...(await resolved([...found].map(([name, path]) => [`lib/${name}`, path]))),
    ...(await resolved(drivers.map((path) => [`lib/dri/${basename(path)}`, path]))),
    ...(await charsets(gconv[0])),
  ];
}

function resolved(pairs: readonly (readonly [string, string])[]): Promise<BuildFile[]> {
  return Promise.all(
    pairs.map(async ([path, source]) => ({ path, source: await realpath(source), executable: false })),
  );
}

/** The shortest name beside a library that leads to it: `libEGL_mesa.so.0` to `libEGL_mesa.so.0.0.0`. */
async function nameOf(path: string): Promise<string> {
  const folder = dirname(path);
  const stem = basename(path).replace(/\.so.*$/, '.so.');
  const names = [basename(path)];
  for (const name of (await readdir(folder)).filter((one) => one.startsWith(stem)))
    if ((await realpath(join(folder, name)).catch(() => '')) === path) names.push(name);
  return names.sort((a, b) => a.length - b.length)[0] ?? basename(path);
}

/** The C library's conversions between Unicode forms, which must be of its own version. */
async function charsets(one: string | undefined): Promise<BuildFile[]> {
  if (one === undefined) return [];
  const files = await listBuildFiles(dirname(one), { prefix: 'lib/gconv/', trusted: true });
  return files.filter(({ path }) => /\/(UTF-(7|16|32)\.so|UNICODE\.so|gconv-modules(\.d\/.*)?)$/.test(path));
}

/** What the loader of this system finds for these programs and libraries, and all that those need: name and path. */
async function needed(paths: readonly string[]): Promise<[string, string][]> {
  const { stdout } = await run('ldd', [...new Set(paths)], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, name, path] = /^\s+(\S+) => (\/\S+) \(0x/.exec(line) ?? /^\s+((\/\S+)) \(0x/.exec(line) ?? [];
    if (name && path) found.set(basename(name), path);
  }
  return [...found];
}

function refused(path: string, why: string, cause?: unknown): FarmError {
  return new FarmError('build.refused', { path, why }, { cause });
}

import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { visibleOf } from './blender-command.ts';

export interface FoundBlender {
  /** Absolute unless the caller's override was not. */
  path: string;
  /** As 3.4.1. */
  version: string;
}

export interface FindBlenderOptions {
  /** The person's own choice (AKASHGANGA_BLENDER). If it does not work, nothing else is tried: they meant this one. */
  override?: string | undefined;
  /** The computer's environment; PATH, HOME and the program folders are looked up in it. */
  environment: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform | undefined;
}

/** The first Blender that tells its version, or null. Costs one start of `blender --version`, about 0.1 s. */
export async function findBlender(options: FindBlenderOptions): Promise<FoundBlender | null> {
  const platform = options.platform ?? process.platform;
  const { override, environment } = options;
  const places = override
    ? [override]
    : [...onPath(environment, platform), ...(await usual(environment, platform))];
  for (const path of places) {
    const version = await tryBlender(path, environment);
    if (version) return { path, version };
  }
  return null;
}

function onPath(environment: FindBlenderOptions['environment'], platform: NodeJS.Platform): string[] {
  const name = platform === 'win32' ? 'blender.exe' : 'blender';
  const path = environment.PATH ?? environment.Path ?? '';
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

async function usual(
  environment: FindBlenderOptions['environment'],
  platform: NodeJS.Platform,
): Promise<string[]> {
  if (platform === 'darwin') {
    const inside = 'Applications/Blender.app/Contents/MacOS/Blender';
    return [join('/', inside), join(environment.HOME ?? '/', inside)];
  }
  if (platform !== 'win32') return ['/usr/local/bin/blender', '/opt/blender/blender', '/snap/bin/blender'];
  const home = join(environment.ProgramFiles ?? 'C:\\Program Files', 'Blender Foundation');
  const versions = await readdir(home).catch(() => []);
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return newestFirst.map((version) => join(home, version, 'blender.exe'));
}

/** The version that the Blender at `path` tells, as 3.4.1; null when it does not start. */
export async function tryBlender(
  path: string,
  environment: FindBlenderOptions['environment'],
): Promise<string | null> {
  const runs = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!runs) return null;
  const options = { env: visibleOf(environment), timeout: 30_000, windowsHide: true };
  return new Promise((resolve) => {
    execFile(path, ['--version'], options, (_error, stdout) => {
      resolve(/^Blender (\d+\.\d+(?:\.\d+)?)/m.exec(stdout)?.[1] ?? null);
    });
  });
}

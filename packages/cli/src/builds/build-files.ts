import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { FarmError, ScenePath } from '@akashganga/protocol';

/** A file of a build and where its bytes lie on this computer. Links are resolved: what they lead to is here. */
export interface BuildFile {
  /** Inside the build, with `/`. */
  readonly path: string;
  readonly source: string;
  readonly executable: boolean;
}

/** A Blender of this computer's disk, ready to be handed to the farm. */
export interface LocalBuild {
  readonly version: string;
  readonly platform: string;
  /** Which of the files is started. */
  readonly entry: string;
  readonly files: readonly BuildFile[];
}

/** Far more than any Blender has. */
export const LARGEST_BUILD = { files: 200_000, bytes: 20e9 };

interface ListOptions {
  /** In front of every path, with its `/`. */
  readonly prefix?: string;
  /** Whether links may lead out of the folder: yes for this computer's own system, never for what came from elsewhere. */
  readonly trusted: boolean;
  /** Names of files and folders to pass over. */
  readonly skip?: (name: string) => boolean;
}

/** All files below a folder. Throws `build.refused` for what has no place in a build. */
export async function listBuildFiles(folder: string, options: ListOptions): Promise<BuildFile[]> {
  const root = await realpath(folder);
  const files: BuildFile[] = [];
  const lister = { root, files, options, seen: new Set<string>() };
  await listInto(lister, root, options.prefix ?? '');
  return files;
}

interface Lister {
  readonly root: string;
  readonly files: BuildFile[];
  readonly options: ListOptions;
  /** The folders above, with their links resolved: a link to one of them would have no end. */
  readonly seen: Set<string>;
}

async function listInto(lister: Lister, folder: string, prefix: string): Promise<void> {
  const real = await realpath(folder);
  if (lister.seen.has(real)) throw refused(prefix, 'a link in it leads to a folder above');
  lister.seen.add(real);
  for (const name of (await readdir(folder)).sort()) {
    if (lister.options.skip?.(name)) continue;
    const path = prefix + name;
    if (!ScenePath.safeParse(path).success) throw refused(path, 'its name is not good on every system');
    await listOne(lister, join(folder, name), path);
  }
  lister.seen.delete(real);
}

async function listOne(lister: Lister, source: string, path: string): Promise<void> {
  const { root, files, options } = lister;
  const isLink = (await lstat(source)).isSymbolicLink();
  if (isLink && !(await leadsInside(source, root)) && !options.trusted)
    throw refused(path, 'it is a link that leads out of the folder');
  const found = await stat(source).catch(() => null);
  // A broken link on this computer is of no use to Blender here, so it is of none elsewhere.
  if (!found && options.trusted) return;
  if (found?.isDirectory()) return listInto(lister, source, `${path}/`);
  if (!found?.isFile()) throw refused(path, 'it is no file');
  files.push({ path, source, executable: (found.mode & 0o111) !== 0 });
  if (files.length > LARGEST_BUILD.files)
    throw refused(path, `it has more than ${LARGEST_BUILD.files} files`);
}

async function leadsInside(link: string, root: string): Promise<boolean> {
  const target = await realpath(link).catch(() => null);
  if (target === null) return false;
  const inside = relative(root, target);
  return inside !== '..' && !inside.startsWith(`..${sep}`);
}

function refused(path: string, why: string): FarmError {
  return new FarmError('build.refused', { path: path || 'the folder', why });
}

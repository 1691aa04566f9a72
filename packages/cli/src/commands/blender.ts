import { stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, resolve } from 'node:path';
import type { FarmClient } from '@akashganga/client';
import { BlenderVersion, type Build, buildRoutes, FarmError, Platform } from '@akashganga/protocol';
import type { LocalBuild } from '../builds/build-files.ts';
import { bundleInstalled } from '../builds/bundle-installed.ts';
import { fetchArchive } from '../builds/fetch-archive.ts';
import { readBuild } from '../builds/read-build.ts';
import { sendBuild } from '../builds/send-build.ts';
import { unpackArchive } from '../builds/unpack-archive.ts';
import { workingFolder } from '../builds/working-folder.ts';
import { isAlive, needFarm } from '../farm/find-farm.ts';
import { countWords, sizeWords, tableText } from '../output/words.ts';
import { needBlender } from '../roles/worker-role.ts';
import type { CommandContext } from './common-flags.ts';

export interface AddFlags {
  readonly installed?: boolean;
  readonly platform?: string;
}

/** `blender add`: hands a Blender out from now on. Nothing of it is there before all of it is. */
export async function addBlender(
  what: string | undefined,
  flags: AddFlags,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { talk, data } = context;
  const wanted = checkFlags(what, flags);
  await using client = await needFarm(context.settings, context.flags);
  await using folder = await workingFolder(data, isAlive);
  const { build, origin } = await readWanted(wanted, folder.path, context, signal);
  talk.say(`Blender ${build.version} for ${build.platform}: ${countWords(build.files.length, 'file')}.`);
  sayAdded(await sendBuild(client, build, origin, talk, signal), context);
}

function sayAdded(build: Build, { talk }: CommandContext): void {
  talk.answer(
    `The farm hands out Blender ${build.version} for ${build.platform}, ${sizeWords(build.size)} in ${countWords(build.files, 'file')}.`,
  );
  talk.fact({ event: 'blender-added', ...build });
}

interface Wanted {
  readonly kind: 'installed' | 'version' | 'path';
  readonly what: string;
  readonly platform: string | null;
}

function checkFlags(what: string | undefined, flags: AddFlags): Wanted {
  const named = flags.platform ?? null;
  if (named !== null && !Platform.safeParse(named).success)
    throw new FarmError('usage.bad-flag', {
      ...{ flag: '--platform', value: named },
      why: 'a platform looks like linux-x64, win32-x64 or darwin-arm64',
    });
  if (flags.installed) {
    if (what !== undefined)
      throw new FarmError('usage.bad-flag', {
        ...{ flag: '--installed', value: what },
        why: 'it takes the Blender of this computer, so give no path and no version',
      });
    return { kind: 'installed', what: 'installed', platform: named };
  }
  if (what === undefined)
    throw new FarmError('usage.bad-flag', {
      ...{ flag: 'blender add', value: '' },
      why: 'give an archive, a folder or a version like 4.2.1, or --installed',
    });
  const kind = BlenderVersion.safeParse(what).success ? 'version' : 'path';
  return { kind, what, platform: named };
}

type Read = Promise<{ build: LocalBuild; origin: Build['origin'] }>;

async function readWanted(
  wanted: Wanted,
  folder: string,
  context: CommandContext,
  signal: AbortSignal,
): Read {
  const { settings, talk } = context;
  switch (wanted.kind) {
    case 'installed': {
      const { path } = await needBlender(settings);
      talk.say(`Asking ${path} what it consists of.`);
      return { build: await bundleInstalled(path, settings.environment), origin: 'installed' };
    }
    case 'version': {
      const here = wanted.platform ?? `${platform()}-${arch()}`;
      const from = settings.blenderDownloads;
      talk.say(`Fetching Blender ${wanted.what} for ${here} from ${from}.`);
      const onProgress = (bytes: number, total: number | null) =>
        talk.draw(`Fetching ${sizeWords(bytes)}${total === null ? '' : ` of ${sizeWords(total)}`}`);
      const offer = { version: wanted.what, platform: here, from, onProgress };
      const archive = await fetchArchive(offer, folder, signal);
      return { build: await readArchive(archive, folder, wanted, context, signal), origin: 'download' };
    }
    case 'path':
      return readPath(wanted, folder, context, signal);
  }
}

async function readPath(wanted: Wanted, folder: string, context: CommandContext, signal: AbortSignal): Read {
  const path = resolve(wanted.what);
  const found = await stat(path).catch(() => null);
  if (!found)
    throw new FarmError('build.refused', {
      path: wanted.what,
      why: 'there is no such file or folder, and it is no version like 4.2.1',
    });
  if (found.isFile())
    return { build: await readArchive(path, folder, wanted, context, signal), origin: 'archive' };
  const { environment } = context.settings;
  const build = await readBuild(path, { name: basename(path), platform: wanted.platform, environment });
  return { build, origin: 'folder' };
}

async function readArchive(
  archive: string,
  folder: string,
  wanted: Wanted,
  { settings, talk }: CommandContext,
  signal: AbortSignal,
): Promise<LocalBuild> {
  const name = basename(archive);
  const unpacked = await unpackArchive(archive, folder, signal);
  talk.say(`Unpacked ${name}.`);
  return readBuild(unpacked, { name, platform: wanted.platform, environment: settings.environment });
}

/** `blender list`. */
export async function listBlenders(client: FarmClient, { talk }: CommandContext): Promise<void> {
  const { builds } = await client.call(buildRoutes.list, {});
  for (const build of builds) talk.fact(build);
  if (builds.length === 0)
    return talk.answer('The farm hands out no Blender: workers use their own. `blender add` gives it one.');
  const rows = builds.map((build) => [
    ...[build.version, build.platform, sizeWords(build.size), String(build.files), build.origin],
    new Date(build.addedAt).toISOString().slice(0, 10),
  ]);
  talk.answer(tableText([['VERSION', 'PLATFORM', 'SIZE', 'FILES', 'FROM', 'ADDED'], ...rows]));
}

/** `blender remove`: on every platform unless one is named. */
export async function removeBlender(
  client: FarmClient,
  version: string,
  flags: { readonly platform?: string },
  { talk }: CommandContext,
): Promise<void> {
  if (!BlenderVersion.safeParse(version).success)
    throw new FarmError('usage.bad-flag', {
      ...{ flag: 'blender remove', value: version },
      why: 'a version looks like 4.2.1; `blender list` shows them',
    });
  const query = flags.platform === undefined ? {} : { platform: flags.platform };
  const { removed } = await client.call(buildRoutes.remove, { params: { version }, query });
  for (const build of removed) {
    talk.answer(`The farm no longer hands out Blender ${build.version} for ${build.platform}.`);
    talk.fact({ event: 'blender-removed', version: build.version, platform: build.platform });
  }
}

import { readdir } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { buildRoutes, FarmError } from '@akashganga/protocol';
import { findFarm } from '../farm/find-farm.ts';
import { ownBlenders } from '../roles/worker-role.ts';
import type { CommandContext } from './common-flags.ts';
import type { Finding } from './doctor.ts';

/** The Blender of this computer, or those that it would get from its farm. */
export async function blenderHere(context: CommandContext): Promise<Finding> {
  const what = 'Blender';
  try {
    const [found] = await ownBlenders(context.settings);
    if (found) return { what, ok: true, says: `${found.version} at ${found.path}` };
    const offered = await offeredTo(context);
    if (offered.length > 0)
      return { what, ok: true, says: `none here; the farm hands out ${offered.join(', ')}` };
    return { what, ok: false, says: new FarmError('machine.no-blender').says };
  } catch (error) {
    return { what, ok: false, says: (error as Error).message };
  }
}

async function offeredTo({ settings, flags }: CommandContext): Promise<string[]> {
  const client = await findFarm(settings, flags).catch(() => null);
  if (!client) return [];
  try {
    const { builds } = await client.call(buildRoutes.list, {});
    const here = `${platform()}-${arch()}`;
    return builds.filter((build) => build.platform === here).map((build) => build.version);
  } catch {
    return [];
  } finally {
    await client.close();
  }
}

/** What the farm's Blenders, as far as workers here have fetched them, and this computer's own lack of its system. */
export async function librariesHere({ data, settings }: CommandContext): Promise<Finding | null> {
  const own = await ownBlenders(settings).catch(() => []);
  const programs = [...own.map((blender) => blender.path), ...(await fetchedBlenders(data))];
  if (programs.length === 0) return null;
  const { missingLibraries, packagesWith } = await import('@akashganga/worker');
  const missing = new Set<string>();
  for (const program of programs) for (const name of await missingLibraries(program)) missing.add(name);
  const what = 'Libraries';
  const libraries = [...missing].sort();
  if (libraries.length === 0) return { what, ok: true, says: 'Blender finds all it needs of this system' };
  const error = new FarmError('machine.missing-libraries', {
    libraries,
    packages: packagesWith(libraries).join(' '),
  });
  return { what, ok: false, says: error.says };
}

async function fetchedBlenders(data: string): Promise<string[]> {
  const roles = (await readdir(data).catch((): string[] => [])).filter((name) =>
    /^worker(-\d+)?$/.test(name),
  );
  const found: string[] = [];
  for (const role of roles) {
    const placed = join(data, role, 'placed');
    for (const name of await readdir(placed).catch((): string[] => []))
      if (/^[0-9a-f]{64}$/.test(name)) found.push(join(placed, name, 'blender'));
  }
  return found;
}

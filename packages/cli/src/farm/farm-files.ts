import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@akashganga/storage';
import { z } from 'zod';

/** The farm that runs here now. `temporary`: `render` started it and will stop it. */
const RunningFarm = z.object({ url: z.url(), pid: z.number().int(), temporary: z.boolean() });
export type RunningFarm = z.infer<typeof RunningFarm>;

/** The farm this computer joined. */
const Membership = z.object({ url: z.url(), key: z.string() });
export type Membership = z.infer<typeof Membership>;

export const readRunningFarm = (data: string) => readAs(join(data, 'farm.json'), RunningFarm);
export const writeRunningFarm = (data: string, farm: RunningFarm) => write(join(data, 'farm.json'), farm);
export const forgetRunningFarm = (data: string) => rm(join(data, 'farm.json'), { force: true });
export const readMembership = (data: string) => readAs(join(data, 'member.json'), Membership);
export const writeMembership = (data: string, membership: Membership) =>
  write(join(data, 'member.json'), membership);

async function readAs<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

// It may hold a key, so it is the owner's alone.
async function write(path: string, value: object): Promise<void> {
  await makeFolder(join(path, '..'));
  await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readSecretFile, writeSecretFile } from './secret-file.ts';

/** The farm that runs here now. `temporary`: `render` started it and will stop it. */
const RunningFarm = z.object({ url: z.url(), pid: z.number().int(), temporary: z.boolean() });
export type RunningFarm = z.infer<typeof RunningFarm>;

/** The farm this computer joined: where it is, whom to trust there (PEM), and the token of this computer's people. */
const Membership = z.object({ url: z.url(), authority: z.string(), token: z.string().nullable() });
export type Membership = z.infer<typeof Membership>;

export const readRunningFarm = (data: string) => readSecretFile(join(data, 'farm.json'), RunningFarm);
export const writeRunningFarm = (data: string, farm: RunningFarm) =>
  writeSecretFile(join(data, 'farm.json'), farm);
export const forgetRunningFarm = (data: string) => rm(join(data, 'farm.json'), { force: true });
export const readMembership = (data: string) => readSecretFile(join(data, 'member.json'), Membership);
export const writeMembership = (data: string, membership: Membership) =>
  writeSecretFile(join(data, 'member.json'), membership);

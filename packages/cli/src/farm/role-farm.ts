import { join } from 'node:path';
import { FarmClient } from '@akashganga/client';
import { accessRoutes } from '@akashganga/protocol';
import {
  type Certified,
  isLoopback,
  OwnIdentity,
  type Renewal,
  type RenewalLog,
  stayCertified,
} from '@akashganga/trust';
import { z } from 'zod';
import type { Settings } from '../config/settings.ts';
import { type FarmChoice, needFarmAddress } from './find-farm.ts';
import { localCertificate, readAuthority } from './own-authority.ts';
import { readSecretFile, writeSecretFile } from './secret-file.ts';

/** The manager, and how a role of this computer shows who it is. */
export interface RoleFarm {
  readonly url: string;
  readonly key: string | null;
  readonly tls: OwnIdentity | null;
  /** A new certificate for the same key; null where there is none. */
  readonly renew: (() => Promise<Certified>) | null;
  /** What the farm calls it; null when it may choose. */
  readonly id: string | null;
}

/** Which role, and its folder in the data folder. */
export interface RolePlace {
  readonly role: 'worker' | 'frames';
  readonly folder: string;
}

/** What a computer got when it joined. `key` never left it. */
const JoinedPass = z.object({
  id: z.string(),
  authority: z.string(),
  certificate: z.string(),
  key: z.string(),
  publicKey: z.string(),
});
export type JoinedPass = z.infer<typeof JoinedPass>;

const passFile = (data: string, folder: string) => join(data, folder, 'pass.json');
export const readJoinedPass = (data: string, folder: string) =>
  readSecretFile(passFile(data, folder), JoinedPass);
export const writeJoinedPass = (data: string, folder: string, pass: JoinedPass) =>
  writeSecretFile(passFile(data, folder), pass);

/** The farm this role works for, without a join code. Throws `farm.none`. */
export async function roleFarm(
  settings: Settings,
  choice: FarmChoice,
  { role, folder }: RolePlace,
): Promise<RoleFarm> {
  const data = choice.data ?? settings.data;
  const { url, key, authority } = await needFarmAddress(settings, choice);
  const joined = await readJoinedPass(data, folder);
  if (joined && joined.authority === authority) {
    const farm = roleFarmOf(url, joined, { data, folder });
    // A farm that does not answer now is asked again while the role works.
    await renewal(farm, { info: () => undefined, warn: () => undefined })?.once();
    return farm;
  }
  const own = await readAuthority(data);
  if (!own) return { url, key, tls: null, id: null, renew: null };
  const renew = () => localCertificate(data, own, role, folder);
  const { id, ...shown } = await renew();
  return { url, key, tls: new OwnIdentity(own.certificate, shown), id, renew };
}

/** The farm of a computer that joined; its pass lies in the folder. */
export function roleFarmOf(
  url: string,
  pass: JoinedPass,
  { data, folder }: { readonly data: string; readonly folder: string },
): RoleFarm {
  const { id, authority, publicKey, key } = pass;
  const tls = new OwnIdentity(authority, pass);
  const renew = async () => {
    await using client = new FarmClient({ url, tls });
    const asked = { params: { id }, body: { publicKey }, timeoutSeconds: 5 };
    const { certificate } = await client.call(accessRoutes.renew, asked);
    await writeJoinedPass(data, folder, { ...pass, certificate });
    return { certificate, key };
  };
  return { url, key: null, tls, id, renew };
}

/** Keeps the role's certificate from ending for as long as it works; null for a role without one. */
export function renewal({ tls, renew }: RoleFarm, log: RenewalLog): Renewal | null {
  return tls && renew && stayCertified({ identity: tls, renew, now: Date.now, log });
}

/** A base URL from what people give as `--address`: a host, or a URL of their own. */
export function publicUrl(address: string, port: number, hasKey: boolean): string {
  if (address.includes('://')) return address.replace(/\/+$/, '');
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return `${hasKey && isLoopback(address) ? 'http' : 'https'}://${host}:${port}`;
}

import { join } from 'node:path';
import { FarmClient } from '@akashganga/client';
import { accessRoutes } from '@akashganga/protocol';
import { isGood, isLoopback, type TlsIdentity } from '@akashganga/trust';
import { z } from 'zod';
import type { Settings } from '../config/settings.ts';
import { type FarmChoice, needFarmAddress } from './find-farm.ts';
import { localCertificate, readAuthority } from './own-authority.ts';
import { readSecretFile, writeSecretFile } from './secret-file.ts';

/** The manager, and how a role of this computer shows who it is. */
export interface RoleFarm {
  readonly url: string;
  readonly key: string | null;
  readonly tls: TlsIdentity | null;
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
  if (joined && joined.authority === authority) return renewed(data, folder, url, joined);
  const own = await readAuthority(data);
  if (!own) return { url, key, tls: null, id: null };
  const { id, ...shown } = await localCertificate(data, own, role, folder);
  return { url, key, tls: { authority: own.certificate, ...shown }, id };
}

export function roleFarmOf(url: string, { id, authority, certificate, key }: JoinedPass): RoleFarm {
  return { url, key: null, tls: { authority, certificate, key }, id };
}

async function renewed(data: string, folder: string, url: string, pass: JoinedPass): Promise<RoleFarm> {
  const before = roleFarmOf(url, pass);
  if (isGood(pass.certificate, pass.authority, [], Date.now())) return before;
  await using client = new FarmClient(before);
  const { id, publicKey } = pass;
  // A farm that does not answer now is asked at the next start.
  const reply = await client
    .call(accessRoutes.renew, { params: { id }, body: { publicKey }, timeoutSeconds: 5 })
    .catch(() => null);
  if (!reply) return before;
  await writeJoinedPass(data, folder, { ...pass, certificate: reply.certificate });
  return roleFarmOf(url, { ...pass, certificate: reply.certificate });
}

/** A base URL from what people give as `--address`: a host, or a URL of their own. */
export function publicUrl(address: string, port: number, hasKey: boolean): string {
  if (address.includes('://')) return address.replace(/\/+$/, '');
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return `${hasKey && isLoopback(address) ? 'http' : 'https'}://${host}:${port}`;
}

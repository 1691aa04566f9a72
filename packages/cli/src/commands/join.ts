import { hostname } from 'node:os';
import { join } from 'node:path';
import { FarmClient, retryLater } from '@akashganga/client';
import { accessRoutes, readJoinCode } from '@akashganga/protocol';
import { makeKeyPair } from '@akashganga/trust';
import { writeMembership } from '../farm/farm-files.ts';
import { firstReachable } from '../farm/first-reachable.ts';
import { frameServerId } from '../farm/own-authority.ts';
import {
  type RoleFarm,
  type RolePlace,
  readJoinedPass,
  roleFarmOf,
  writeJoinedPass,
} from '../farm/role-farm.ts';
import type { CommandContext } from './common-flags.ts';

/**
 * Joins the farm of a code: finds the address by which this computer reaches it, shows the secret only to who has the
 * right certificate, gets a certificate for a key that stays here, and remembers the farm. Throws
 * `access.bad-join-code`, `access.wrong-fingerprint`, `access.code-refused`, `farm.unreachable`.
 */
export async function joinFarm(
  code: string,
  { role, folder }: RolePlace,
  context: CommandContext,
): Promise<RoleFarm> {
  const { data } = context;
  const { urls, fingerprint, secret } = readJoinCode(code);
  const { url, authority } = await firstReachable(urls, fingerprint);
  // The same key as before, so that the farm knows the computer again.
  const before = await readJoinedPass(data, folder);
  const again = before?.authority === authority ? before : null;
  const pair = again ?? makeKeyPair();
  await using client = new FarmClient({ url, tls: { authority } });
  const id = role === 'frames' ? (again?.id ?? (await frameServerId(join(data, folder)))) : null;
  const body = { secret, name: hostname(), publicKey: pair.publicKey, id };
  const reply = await retryLater(() => client.call(accessRoutes.join, { body }), { forSeconds: 10 });
  const pass = {
    ...{ id: reply.id, authority, certificate: reply.certificate },
    ...{ key: pair.key, publicKey: pair.publicKey },
  };
  await writeJoinedPass(data, folder, pass);
  await writeMembership(data, { url, authority, token: reply.token });
  return roleFarmOf(url, pass, { data, folder });
}

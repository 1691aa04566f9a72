import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { makeFolder } from '@akashganga/storage';
import {
  type Certified,
  idOfKey,
  isGood,
  issueCertificate,
  makeAuthority,
  makeKeyPair,
} from '@akashganga/trust';
import { z } from 'zod';
import { readSecretFile, writeSecretFile } from './secret-file.ts';

const Kept = z.object({ certificate: z.string(), key: z.string() });
const KeptPair = Kept.extend({ publicKey: z.string(), id: z.string() });

const folderOf = (data: string) => join(data, 'trust');
const authorityFile = (data: string) => join(folderOf(data), 'authority.json');

/** The authority of the farm whose data is in `data`, or null when that farm has none. */
export function readAuthority(data: string): Promise<Certified | null> {
  return readSecretFile(authorityFile(data), Kept);
}

/**
 * The same, made at the first start. A farm of an earlier release gave its key to every computer that joined: the key
 * is thrown away then, and those computers have to join again. Throws `machine.data-not-writable`.
 */
export async function ownAuthority(data: string): Promise<Certified> {
  const known = await readAuthority(data);
  if (known) return known;
  const made = await makeAuthority(Date.now());
  try {
    await keepAuthority(data, made);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new FarmError('machine.data-not-writable', { folder: data, why }, { cause });
  }
  return made;
}

async function keepAuthority(data: string, made: Certified): Promise<void> {
  await rm(join(data, 'key'), { force: true });
  await writeSecretFile(authorityFile(data), made);
  // For people who want their browser to know the farm.
  await makeFolder(folderOf(data));
  await writeFile(join(folderOf(data), 'farm.crt.new'), made.certificate);
  await rename(join(folderOf(data), 'farm.crt.new'), join(folderOf(data), 'farm.crt'));
}

/** What the manager shows, made anew when it nears its end or does not name all of `names`. */
export async function managerCertificate(
  data: string,
  authority: Certified,
  names: readonly string[],
): Promise<Certified> {
  return certificateFrom(join(folderOf(data), 'manager.json'), authority, 'manager', names, null);
}

/** What a role that runs beside the manager shows, signed here: who can read the data folder is the farm's owner. */
export async function localCertificate(
  data: string,
  authority: Certified,
  role: 'worker' | 'frames',
  folder: string,
): Promise<Certified & { readonly id: string }> {
  const file = join(data, folder, 'certificate.json');
  const before = role === 'frames' ? await frameServerId(join(data, folder)) : null;
  return certificateFrom(file, authority, role, [], before);
}

async function certificateFrom(
  file: string,
  authority: Certified,
  role: 'manager' | 'worker' | 'frames',
  names: readonly string[],
  /** What it was called before it had a certificate; afterwards it keeps the id it has. */
  before: string | null,
): Promise<z.infer<typeof KeptPair>> {
  const now = Date.now();
  const kept = await readSecretFile(file, KeptPair);
  if (kept && isGood(kept.certificate, authority.certificate, names, now)) return kept;
  const pair = kept ?? makeKeyPair();
  const id = kept?.id ?? before ?? idOfKey(role, pair.publicKey);
  const order = { publicKey: pair.publicKey, role, id, names, now };
  const made = { ...pair, id, certificate: await issueCertificate(authority, order) };
  await writeSecretFile(file, made);
  return made;
}

/** The name by which the farm knows the frames in this folder. */
export async function frameServerId(folder: string): Promise<string | null> {
  const kept = await readSecretFile(join(folder, 'identity.json'), z.object({ id: z.string() }));
  return kept?.id ?? null;
}

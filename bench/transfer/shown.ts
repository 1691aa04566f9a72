import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueCertificate, makeKeyPair, type TlsIdentity } from '@akashganga/trust';

/** How the owner of the farm in `data` shows who it is: to the manager by the key, to others as a worker. */
export async function shownBy(data: string, id: string): Promise<{ key: string; tls: TlsIdentity }> {
  const key = (await readFile(join(data, 'key'), 'utf8')).trim();
  const authority = JSON.parse(await readFile(join(data, 'trust', 'authority.json'), 'utf8'));
  const pair = makeKeyPair();
  const order = { publicKey: pair.publicKey, role: 'worker' as const, id, names: [], now: Date.now() };
  const certificate = await issueCertificate(authority, order);
  return { key, tls: { authority: authority.certificate, certificate, key: pair.key } };
}

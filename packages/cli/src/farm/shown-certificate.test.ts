import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificate, makeAuthority, makeKeyPair } from '@akashganga/trust';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shownCertificate } from './shown-certificate.ts';

const authority = await makeAuthority(Date.now());

async function makePair() {
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role: 'manager' as const, id: 'm-1', names: ['farm.example'], now: Date.now() };
  return { certificate: await issueCertificate(authority, order), key };
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-shown-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write({ certificate, key }: { certificate?: string; key?: string }): Promise<void> {
  if (certificate) await writeFile(join(folder, 'cert.pem'), certificate);
  if (key) await writeFile(join(folder, 'key.pem'), key);
}

const opened = () => shownCertificate({ tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem') });

test('a pair that is replaced on the disk is taken, and half a pair is not', async () => {
  const [first, second] = [await makePair(), await makePair()];
  await write(first);
  const shown = await opened();
  const told: unknown[] = [];
  shown?.onChange((error) => told.push(error));
  await shown?.look();
  expect(told).toEqual([]);

  await write({ certificate: `${second.certificate}\n` });
  await shown?.look();
  expect(shown?.certified).toEqual(first);
  expect(told).toMatchObject([{ code: 'usage.bad-flag' }]);

  await write({ key: `${second.key}\n` });
  await shown?.look();
  const serial = (pem = '') => new X509Certificate(pem).serialNumber;
  expect(serial(shown?.certified.certificate)).toBe(serial(second.certificate));
  expect(told.at(-1)).toBeNull();

  await rm(join(folder, 'key.pem'));
  await shown?.look();
  expect(serial(shown?.certified.certificate)).toBe(serial(second.certificate));
  expect(told.at(-1)).toMatchObject({ code: 'usage.bad-flag' });
  shown?.close();
});

test('files that are no pair, or not there, are refused at the start', async () => {
  const [one, other] = [await makePair(), await makePair()];
  const files = [{}, { ...one, key: other.key }, { ...one, certificate: 'none' }, { ...one, key: 'none' }];
  for (const given of files) {
    await write(given);
    await expect(opened(), JSON.stringify(Object.keys(given))).rejects.toMatchObject({
      code: 'usage.bad-flag',
    });
  }
  await expect(shownCertificate({ tlsCert: 'a' })).rejects.toThrow('--tls-key');
  await expect(shownCertificate({ tlsKey: 'a' })).rejects.toThrow('--tls-cert');
  expect(await shownCertificate({})).toBeNull();
});

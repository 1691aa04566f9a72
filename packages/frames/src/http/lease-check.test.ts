import { FarmClient } from '@akashganga/client';
import { deliveryRoutes, type FarmError, fillPath, frameHeaders } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import {
  type Certified,
  issueCertificate,
  leaseSigner,
  makeAuthority,
  makeKeyPair,
  type TlsIdentity,
} from '@akashganga/trust';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameFarm, makePng } from '../fixtures/frames.fixture.ts';

let authority: Certified;
let farm: FrameFarm;
let picture: Buffer;

async function memberOf(
  by: Certified,
  role: 'worker' | 'frames' | 'manager',
  id: string,
): Promise<TlsIdentity> {
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role, id, names: [], now: Date.now() };
  return { authority: authority.certificate, certificate: await issueCertificate(by, order), key };
}

beforeAll(async () => {
  authority = await makeAuthority(Date.now());
  const tls = await memberOf(authority, 'frames', 'fs-1');
  farm = await FrameFarm.start({}, tls);
  picture = await makePng();
});
afterAll(() => farm[Symbol.asyncDispose]());

interface Said {
  readonly frame?: number;
  readonly job?: string;
  readonly lease?: string;
  readonly worker?: string;
  readonly pass?: string | null;
  readonly replace?: boolean;
}

const grant = { lease: 'lease-1', job: 'job-1', worker: 'w-0001', frames: '1-3' };

/** What a worker with this certificate is answered, 'stored' or the code of the problem. */
async function deliver(tls: TlsIdentity, said: Said = {}): Promise<string> {
  const { frame = 1, job = 'job-1', lease = 'lease-1', worker = 'w-0001' } = said;
  const pass = said.pass === undefined ? leaseSigner(authority.key)(grant) : said.pass;
  await using client = new FarmClient({ url: `https://127.0.0.1:${farm.server.port}`, tls, shows: 'frames' });
  const headers = {
    [frameHeaders.digest]: hashBytes(picture),
    [frameHeaders.extension]: '.png',
    [frameHeaders.lease]: lease,
    [frameHeaders.worker]: worker,
    ...(pass === null ? {} : { [frameHeaders.pass]: pass }),
    ...(said.replace ? { [frameHeaders.replace]: '1' } : {}),
  };
  const path = fillPath(deliveryRoutes.deliver.route.path, { job, frame });
  try {
    const reply = await client.send({ method: 'PUT', path, headers, body: picture });
    await reply.body.dump();
    return 'stored';
  } catch (error) {
    return (error as FarmError).code;
  }
}

test('a worker delivers the frames of its lease and nothing else, whatever it says', async () => {
  const tls = await memberOf(authority, 'worker', 'w-0001');
  expect(await deliver(tls)).toBe('stored');
  const lies: Said[] = [
    { frame: 4 },
    { job: 'job-2' },
    { lease: 'lease-2' },
    { worker: 'w-0002' },
    { pass: null },
    { pass: 'nonsense' },
    { pass: leaseSigner((await makeAuthority(Date.now())).key)(grant) },
    { pass: leaseSigner(authority.key)({ ...grant, worker: 'w-0002' }), worker: 'w-0002' },
  ];
  for (const lie of lies) expect(await deliver(tls, lie), JSON.stringify(lie)).toBe('access.forbidden');
});

test('what is kept is replaced by a lease that asked for it again, and by no older one sent once more', async () => {
  const tls = await memberOf(authority, 'worker', 'w-0001');
  expect(await deliver(tls, { replace: true })).toBe('access.forbidden');
  const pass = leaseSigner(authority.key)({ ...grant, replace: true });
  expect(await deliver(tls, { replace: true, pass })).toBe('stored');
});

test('a pass that was stolen is worth nothing with another certificate', async () => {
  expect(await deliver(await memberOf(authority, 'worker', 'w-0002'))).toBe('access.forbidden');
});

test('who is of another farm, or no worker, delivers nothing', async () => {
  expect(await deliver(await memberOf(await makeAuthority(Date.now()), 'worker', 'w-0001'))).toBe(
    'access.no-key',
  );
  expect(await deliver(await memberOf(authority, 'frames', 'fs-2'))).toBe('access.no-key');
  expect(await deliver({ authority: authority.certificate })).toBe('access.no-key');
});

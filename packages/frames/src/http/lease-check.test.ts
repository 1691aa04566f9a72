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
  readonly bytes?: Buffer | undefined;
}

const grant = { lease: 'lease-1', job: 'job-1', worker: 'w-0001', frames: '1-3' };

/** What the frame server answers to a member: 'taken', or the code of the problem. */
async function ask(tls: TlsIdentity, request: Parameters<FarmClient['send']>[0]): Promise<string> {
  await using client = new FarmClient({ url: `https://127.0.0.1:${farm.server.port}`, tls, shows: 'frames' });
  try {
    await (await client.send(request)).body.dump();
    return 'taken';
  } catch (error) {
    return (error as FarmError).code;
  }
}

/** What a worker with this certificate is answered, 'stored' or the code of the problem. */
async function deliver(tls: TlsIdentity, said: Said = {}): Promise<string> {
  const { frame = 1, job = 'job-1', lease = 'lease-1', worker = 'w-0001', bytes = picture } = said;
  const pass = said.pass === undefined ? leaseSigner(authority.key)(grant) : said.pass;
  const headers = {
    [frameHeaders.digest]: hashBytes(bytes),
    [frameHeaders.extension]: '.png',
    [frameHeaders.lease]: lease,
    [frameHeaders.worker]: worker,
    ...(pass === null ? {} : { [frameHeaders.pass]: pass }),
    ...(said.replace ? { [frameHeaders.replace]: '1' } : {}),
  };
  const path = fillPath(deliveryRoutes.deliver.route.path, { job, frame });
  const answer = await ask(tls, { method: 'PUT', path, headers, body: bytes });
  return answer === 'taken' ? 'stored' : answer;
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

test('a lease that replaced a frame does not replace it again, also when it was asked for once more meanwhile', async () => {
  const tls = await memberOf(authority, 'worker', 'w-0001');
  const sign = leaseSigner(authority.key);
  const again = { ...grant, lease: 'lease-r1', job: 'job-r', replace: true };
  const anew = { ...again, lease: 'lease-r2' };
  const first = { job: 'job-r', lease: 'lease-r1', replace: true, pass: sign(again) };
  const second = { job: 'job-r', lease: 'lease-r2', replace: true, pass: sign(anew) };
  const [one, two, three] = await Promise.all([1, 2, 3].map((shade) => makePng({ shade })));
  const kept = async () => Buffer.from(await (await farm.get('/jobs/job-r/frames/1/image')).arrayBuffer());
  expect(await deliver(tls, { ...first, bytes: one })).toBe('stored');
  expect(await deliver(tls, { ...first, bytes: two })).toBe('stored');
  expect((await kept()).equals(one!)).toBe(true);
  expect(await deliver(tls, { ...second, bytes: two })).toBe('stored');
  await farm.stopServer();
  await farm.startServer();
  for (const said of [first, second]) expect(await deliver(tls, { ...said, bytes: three })).toBe('stored');
  expect((await kept()).equals(two!)).toBe(true);
});

test('a worker without a lease leaves nothing, and reads nothing with one', async () => {
  const tls = await memberOf(authority, 'worker', 'w-0003');
  const other = await memberOf(authority, 'worker', 'w-0004');
  const own = leaseSigner(authority.key)({ ...grant, worker: 'w-0003' });
  const chunk = Buffer.from('a chunk');
  const path = `/api/v1/blobs/${hashBytes(chunk)}`;
  const missing = { method: 'POST', path: '/api/v1/blobs/missing', body: JSON.stringify({ digests: [] }) };
  const put = { method: 'PUT', path, body: chunk };
  for (const request of [put, missing])
    for (const [who, pass] of [
      [tls, ''],
      [tls, 'nonsense'],
      [other, own],
    ] as const)
      expect(await ask(who, { ...request, headers: { [frameHeaders.pass]: pass } })).toBe('access.forbidden');
  const headers = { [frameHeaders.pass]: own };
  for (const request of [put, missing]) expect(await ask(tls, { ...request, headers })).toBe('taken');
  expect(await deliver(await memberOf(authority, 'worker', 'w-0001'))).toBe('stored');
  for (const what of [
    'frames/1/image',
    'frames/1/thumbnail',
    'frames/1/log',
    'frames/1/outputs',
    'film',
    'zip',
  ])
    for (const method of ['GET', 'HEAD'])
      expect(await ask(tls, { method, path: `/api/v1/jobs/job-1/${what}`, headers }), what).toMatch(
        method === 'GET' ? 'access.forbidden' : 'farm.not-a-farm',
      );
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

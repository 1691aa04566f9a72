import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { type Certified, issueCertificate, makeAuthority, makeKeyPair, RENEW_DAYS } from './certificates.ts';
import { INTERNAL_NAME, tlsOf } from './member.ts';
import { type OpenPort, openPort } from './open-port.ts';
import { OwnIdentity, stayCertified } from './own-identity.ts';

const DAY = 86_400_000;
const born = Date.now();
const authority = await makeAuthority(born);
const quiet = { info: () => undefined, warn: () => undefined };

async function certifiedAt(now: number, names: readonly string[] = []): Promise<Certified> {
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role: 'manager' as const, id: 'manager-1', names, now };
  return { certificate: await issueCertificate(authority, order), key };
}

let open: OpenPort | null = null;
afterEach(() => open?.close());

/** The serial number of what a port shows to who asks for this name; null asks for none, as browsers with an address. */
function shownAt(port: number, servername: string | null): Promise<string> {
  return new Promise((found, failed) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      servername: servername ?? '',
    });
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      found(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
  });
}

const serialOf = ({ certificate }: Certified) => new X509Certificate(certificate).serialNumber;

test('a certificate is renewed when less than four months are left, and not before', async () => {
  let now = born;
  const first = await certifiedAt(now);
  const identity = new OwnIdentity(authority.certificate, first);
  let asked = 0;
  const renew = () => {
    asked += 1;
    return certifiedAt(now);
  };
  const renewal = stayCertified({ identity, renew, now: () => now, log: quiet });
  now += (365 - RENEW_DAYS - 1) * DAY;
  await renewal.look();
  expect([asked, identity.certified]).toEqual([0, first]);
  now += 2 * DAY;
  await renewal.look();
  expect(asked).toBe(1);
  expect(Date.parse(new X509Certificate(identity.certificate).validTo)).toBeGreaterThan(now + 364 * DAY);
  await renewal.look();
  expect(asked).toBe(1);
  renewal.close();
});

test('what cannot be renewed stays in use, and is tried at the next look', async () => {
  const first = await certifiedAt(born - 300 * DAY);
  const identity = new OwnIdentity(authority.certificate, first);
  let isAway = true;
  const told: unknown[] = [];
  const renew = () => (isAway ? Promise.reject(new Error('away')) : certifiedAt(born));
  const log = { info: () => undefined, warn: (about: object) => told.push(about) };
  const renewal = stayCertified({ identity, renew, now: () => born, log });
  await renewal.look();
  expect(identity.certified).toBe(first);
  expect(told).toMatchObject([{ error: { message: 'away' } }]);
  isAway = false;
  await renewal.look();
  expect(identity.certified).not.toBe(first);
  renewal.close();
});

test('an open port shows a renewed certificate to new connections, by name or by address, and keeps the others', async () => {
  const [first, second] = [await certifiedAt(born), await certifiedAt(born)];
  const identity = new OwnIdentity(authority.certificate, first);
  const options = { host: '127.0.0.1', port: 0, tls: tlsOf(identity) };
  open = await openPort({ ...options, handler: (_, response) => response.end('here') });
  const { port } = open;
  const before = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await new Promise((greeted) => before.once('secureConnect', greeted));
  for (const name of [null, 'localhost', INTERNAL_NAME])
    expect(await shownAt(port, name)).toBe(serialOf(first));

  identity.replace(second);
  for (const name of [null, 'localhost', INTERNAL_NAME])
    expect(await shownAt(port, name)).toBe(serialOf(second));
  const said = new Promise((heard) => before.once('data', (bytes) => heard(String(bytes))));
  before.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  expect(await said).toMatch(/^HTTP\/1.1 200/);
  before.destroy();
});

test('browsers are shown another certificate than members, and a new one at once when it is replaced', async () => {
  const [own, first, second] = [await certifiedAt(born), await certifiedAt(born), await certifiedAt(born)];
  let shown = first;
  const tls = { authority: authority.certificate, own: () => own, shown: () => shown };
  open = await openPort({ host: '127.0.0.1', port: 0, tls, handler: (_, response) => response.end() });
  const { port } = open;
  for (const now of [first, second]) {
    shown = now;
    for (const name of [null, 'farm.example']) expect(await shownAt(port, name)).toBe(serialOf(now));
    expect(await shownAt(port, INTERNAL_NAME)).toBe(serialOf(own));
  }
});

test('members are known by their certificates after the one that is shown was replaced', async () => {
  const [first, second, member] = [await certifiedAt(born), await certifiedAt(born), await certifiedAt(born)];
  const identity = new OwnIdentity(authority.certificate, first);
  const options = { host: '127.0.0.1', port: 0, tls: tlsOf(identity) };
  open = await openPort({
    ...options,
    handler: ({ socket }, response) => response.end(String('authorized' in socket && socket.authorized)),
  });
  const { port } = open;
  identity.replace(second);
  const ask = (shows: object) =>
    new Promise((heard, failed) => {
      const about = { host: '127.0.0.1', port, agent: false, rejectUnauthorized: false, ...shows };
      const call = request(about, (reply) => reply.once('data', (bytes) => heard(String(bytes))));
      call.once('error', failed).end();
    });
  expect(await ask({ cert: member.certificate, key: member.key })).toBe('true');
  expect(await ask({})).toBe('false');
});

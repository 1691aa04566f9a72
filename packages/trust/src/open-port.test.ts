import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Certified,
  fingerprintOf,
  idOfKey,
  issueCertificate,
  makeAuthority,
  makeKeyPair,
} from './certificates.ts';
import { fetchAuthority } from './fetch-authority.ts';
import { INTERNAL_NAME, memberOn } from './member.ts';
import { type OpenPort, openPort } from './open-port.ts';

const now = Date.now();
let farm: Certified;
let other: Certified;
let manager: Certified;
let port: OpenPort;

async function certified(authority: Certified, role: 'manager' | 'worker', names: string[] = []) {
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role, id: idOfKey(role, publicKey), names, now };
  return { certificate: await issueCertificate(authority, order), key };
}

beforeAll(async () => {
  farm = await makeAuthority(now);
  other = await makeAuthority(now);
  manager = await certified(farm, 'manager', ['127.0.0.1', 'farm.example']);
  port = await openPort({
    host: '0.0.0.0',
    port: 0,
    tls: { authority: farm.certificate, own: () => manager },
    // Says who called, how, and how much was sent.
    handler: async (request, response) => {
      const body = await text(request);
      const who = memberOn(request.socket);
      response.end(JSON.stringify({ isTls: 'encrypted' in request.socket, who, size: body.length }));
    },
  });
});
afterAll(() => port.close());

interface Answer {
  readonly status: number;
  readonly body: { isTls: boolean; who: { role: string; id: string } | null; size: number; code?: string };
}

async function ask(request: http.ClientRequest, body = ''): Promise<Answer> {
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) };
}

const secure = (options: https.RequestOptions) =>
  https.request({ host: '127.0.0.1', port: port.port, method: 'POST', agent: false, ...options });

function outsideAddress(): string {
  const found = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const outside = found.find((one) => one.family === 'IPv4' && !one.internal);
  if (!outside) throw new Error('this test needs an address that is not loopback');
  return outside.address;
}

test('one port speaks plain HTTP to this computer and TLS to whoever begins with it', async () => {
  const plain = http.request({ host: '127.0.0.1', port: port.port, method: 'POST' });
  expect(await ask(plain, 'x'.repeat(300_000))).toEqual({
    status: 200,
    body: { isTls: false, who: null, size: 300_000 },
  });
  const tls = secure({ ca: farm.certificate, servername: 'farm.example' });
  expect(await ask(tls, 'x'.repeat(300_000))).toEqual({
    status: 200,
    body: { isTls: true, who: null, size: 300_000 },
  });
});

test('plain HTTP from another address is refused with a sentence', async () => {
  const reply = await ask(http.request({ host: outsideAddress(), port: port.port }));
  expect(reply).toMatchObject({ status: 403, body: { code: 'access.needs-tls' } });
});

test('plain HTTP from another address is taken from the proxy that was named, and from no other', async () => {
  const address = outsideAddress();
  const tls = { authority: farm.certificate, own: () => manager };
  for (const isProxy of [(one: string) => one === address, (one: string) => one === '192.0.2.7']) {
    const handler: http.RequestListener = (_, response) => response.end('{}');
    const open = await openPort({ host: '0.0.0.0', port: 0, tls: { ...tls, isProxy }, handler });
    const { status } = await ask(http.request({ host: address, port: open.port, agent: false }));
    expect(status).toBe(isProxy(address) ? 200 : 403);
    await open.close();
  }
});

test('a certificate of the farm says who calls, and one of another farm says nothing', async () => {
  const worker = await certified(farm, 'worker');
  const stranger = await certified(other, 'worker');
  const call = (who: Certified) =>
    ask(secure({ ca: farm.certificate, servername: INTERNAL_NAME, cert: who.certificate, key: who.key }));
  expect((await call(worker)).body.who).toEqual({
    role: 'worker',
    id: expect.stringMatching(/^w-[0-9a-f]{20}$/),
  });
  expect((await call(stranger)).body.who).toBeNull();
});

test('who expects another farm does not talk to this one', async () => {
  const reply = ask(secure({ ca: other.certificate, servername: INTERNAL_NAME }));
  await expect(reply).rejects.toMatchObject({ code: expect.stringMatching(/CERT|SIGNATURE|ISSUER/) });
});

test('the authority is taken only when its fingerprint is the one of the join code', async () => {
  const url = `https://127.0.0.1:${port.port}`;
  expect(await fetchAuthority(url, fingerprintOf(farm.certificate))).toContain('BEGIN CERTIFICATE');
  await expect(fetchAuthority(url, fingerprintOf(other.certificate))).rejects.toMatchObject({
    code: 'access.wrong-fingerprint',
  });
});

test('a worker of the farm cannot pass for its manager', async () => {
  const worker = await certified(farm, 'worker');
  const liar = await openPort({
    ...{ host: '127.0.0.1', port: 0, handler: (_, response) => response.end() },
    tls: { authority: farm.certificate, own: () => worker },
  });
  const asked = fetchAuthority(`https://127.0.0.1:${liar.port}`, fingerprintOf(farm.certificate));
  await expect(asked).rejects.toMatchObject({ code: 'access.wrong-fingerprint' });
  await liar.close();
});

test('closing waits for an answer under way and cuts a connection that is only kept open', async () => {
  let asked: (answer: () => void) => void = () => undefined;
  const reached = new Promise<() => void>((resolve) => {
    asked = resolve;
  });
  const slow = await openPort({
    ...{ host: '127.0.0.1', port: 0, tls: { authority: farm.certificate, own: () => manager } },
    handler: (_, response) => asked(() => response.end('late')),
  });
  const idle = connect(slow.port, '127.0.0.1');
  idle.on('error', () => undefined);
  idle.write('GET');
  const request = https.request({
    ...{ host: '127.0.0.1', port: slow.port, ca: farm.certificate, servername: INTERNAL_NAME },
  });
  request.end();
  const response = once(request, 'response');
  const answer = await reached;
  const closing = slow.close(20);
  answer();
  const [reply] = (await response) as [http.IncomingMessage];
  expect(await text(reply)).toBe('late');
  idle.destroy();
  await closing;
});

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueCertificate, makeAuthority, makeKeyPair } from './certificates.ts';
import { INTERNAL_NAME } from './member.ts';
import { BYTES_ONLY, type OpenPort, openPort } from './open-port.ts';

// What manager, frame server, worker and monitor all answer with: this is the port of each of them.
let port: OpenPort;
let authority = '';
let reached = 0;
beforeAll(async () => {
  const now = Date.now();
  const farm = await makeAuthority(now);
  authority = farm.certificate;
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role: 'manager' as const, id: 'manager-1', names: [], now };
  const own = { certificate: await issueCertificate(farm, order), key };
  port = await openPort({
    ...{ host: '127.0.0.1', port: 0, headers: BYTES_ONLY, pace: { everyMs: 300, least: 100 } },
    tls: { authority, own: () => own, names: ['farm.example'] },
    tune(server) {
      server.headersTimeout = 300;
      server.setTimeout(700);
    },
    handler: async (request, response) => {
      if (request.url === '/endless') return sendEndlessly(response);
      const body = await text(request).catch(() => null);
      if (body === null) return;
      reached += 1;
      response.end(String(body.length));
    },
  });
});
afterAll(() => port.close());

/** Bytes that were made for whoever reads `/endless`. */
let sent = 0;
let isOver = true;
function sendEndlessly(response: ServerResponse): void {
  [sent, isOver] = [0, false];
  const pieces = function* () {
    for (;;) {
      sent += 65_536;
      yield Buffer.alloc(65_536);
    }
  };
  pipeline(pieces, response, () => {
    isOver = true;
  });
}

const plain = () => connect(port.port, '127.0.0.1');
const secure = () =>
  connectTls({
    port: port.port,
    host: '127.0.0.1',
    ca: authority,
    servername: INTERNAL_NAME,
    checkServerIdentity: () => undefined,
  });

/** All that comes back for these bytes, until the other side closes. */
async function answerTo(bytes: string, socket: Socket = plain()): Promise<string> {
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (piece) => {
    answer += piece.toString('latin1');
  });
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return answer;
}

const head = (lines: readonly string[]) =>
  ['POST / HTTP/1.1', 'Host: localhost', ...lines, '', ''].join('\r\n');

test.each([
  [
    'a length and chunks at once',
    `${head(['Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\nGET /`,
  ],
  [
    'chunks and a length at once',
    `${head(['Transfer-Encoding: chunked', 'Content-Length: 5'])}0\r\n\r\nGET /`,
  ],
  ['two lengths that differ', `${head(['Content-Length: 5', 'Content-Length: 6'])}hello!`],
  ['a length in two words', `${head(['Content-Length: 5, 6'])}hello!`],
  ['a length with a sign', `${head(['Content-Length: +5'])}hello`],
  ['a length that is hexadecimal', `${head(['Content-Length: 0x5'])}hello`],
  ['a coding that is nearly chunked', `${head(['Transfer-Encoding: xchunked'])}0\r\n\r\n`],
  ['chunks that are not the last coding', `${head(['Transfer-Encoding: chunked, gzip'])}0\r\n\r\n`],
  ['a chunk whose size is none', `${head(['Transfer-Encoding: chunked'])}zz\r\nhello\r\n0\r\n\r\n`],
  [
    'a header that goes on in the next line',
    head(['A: b', ' Transfer-Encoding: chunked', 'Content-Length: 0']),
  ],
  ['a blank before the colon', head(['Transfer-Encoding : chunked'])],
  ['a line that ends with LF alone inside a header', head(['A: b\nTransfer-Encoding: chunked'])],
  ['a NUL in a header', head(['A: b\0c'])],
  ['a head of 20 kB', head([`A: ${'x'.repeat(20_000)}`])],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.0\r\n\r\n'],
])('%s is refused, and no request comes of it', async (_, bytes) => {
  const before = reached;
  for (const socket of [plain(), secure()]) {
    expect(await answerTo(bytes, socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  expect(reached).toBe(before);
});

test.each(['evil.example', 'evil.example:7770', '127.0.0.1.evil.example'])(
  'a page whose name %s was led to this computer is refused, whoever it says it is',
  async (host) => {
    const before = reached;
    const answer = await answerTo(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    expect(answer).toContain('access.wrong-host');
    expect(reached).toBe(before);
  },
);

test('the names that a farm was given are its own, and every answer tells browsers to run nothing of it', async () => {
  for (const host of ['farm.example', 'localhost:1', '127.0.0.1']) {
    const answer = await answerTo(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(answer).toContain("content-security-policy: default-src 'none'");
  }
});

test('who sends the head of a request drop by drop is cut off', async () => {
  const isCut = async (socket: Socket) => {
    socket.on('error', () => undefined);
    const cut = once(socket, 'close');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X: y\r\n'), 100);
    socket.resume();
    await cut;
    clearInterval(drip);
  };
  await Promise.all([isCut(plain()), isCut(secure())]);
});

test('who sends a body drop by drop is cut off, and who sends one at a pace is not', async () => {
  for (const open of [plain, secure]) {
    const socket = open();
    socket.on('error', () => undefined);
    const cut = once(socket, 'close');
    socket.write(head(['Content-Length: 1000000']));
    const drip = setInterval(() => socket.write('x'), 50);
    socket.resume();
    await cut;
    clearInterval(drip);
  }
  const agent = new https.Agent();
  const request = https.request({
    ...{
      agent,
      host: '127.0.0.1',
      port: port.port,
      method: 'POST',
      ca: authority,
      servername: INTERNAL_NAME,
    },
    checkServerIdentity: () => undefined,
  });
  const answered = once(request, 'response');
  for (let at = 0; at < 10; at += 1) {
    request.write('x'.repeat(1000));
    await new Promise((later) => setTimeout(later, 150));
  }
  request.end();
  const [reply] = await answered;
  expect(await text(reply)).toBe('10000');
  agent.destroy();
});

test('who asks for much and reads nothing is cut off, and little is made for it', async () => {
  for (const open of [plain, secure]) {
    const socket = open();
    socket.on('error', () => undefined);
    socket.write('GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => isOver, { timeout: 10_000 }).toBe(false);
    // It is noticed at the other end only, since nothing is read at this one.
    await expect.poll(() => isOver, { timeout: 15_000 }).toBe(true);
    expect(sent).toBeLessThan(64e6);
    socket.destroy();
  }
});

test('who reads drop by drop is sent drops, and no more is made ahead than fits into the pipe', async () => {
  for (const open of [plain, secure]) {
    const socket = open();
    socket.on('error', () => undefined);
    socket.write('GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let read = 0;
    for (let drop = 0; drop < 10; drop += 1) {
      await new Promise((later) => setTimeout(later, 100));
      read += (socket.read(1000) ?? Buffer.alloc(0)).length;
    }
    expect(read).toBeGreaterThan(0);
    expect(sent).toBeLessThan(64e6);
    socket.destroy();
  }
});

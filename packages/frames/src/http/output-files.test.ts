import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { frameHeaders } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameFarm, makePng } from '../fixtures/frames.fixture.ts';

let farm: FrameFarm;
let picture: Buffer;
beforeAll(async () => {
  farm = await FrameFarm.start();
  picture = await makePng();
});
afterAll(() => farm[Symbol.asyncDispose]());

/** What the frame server answers to bytes that no client of ours would send. */
async function put(path: string, body: Buffer, extension = '.png'): Promise<number> {
  const socket = connect(farm.server.port, '127.0.0.1');
  const head = [
    ...[`PUT /api/v1${path} HTTP/1.1`, 'host: 127.0.0.1', `authorization: Bearer ${farm.manager.key}`],
    ...[`${frameHeaders.digest}: ${hashBytes(body)}`, `${frameHeaders.extension}: ${extension}`],
    ...[`content-length: ${body.length}`, 'connection: close'],
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(body);
  return Number((await text(socket)).split(' ')[1]);
}

/** Every file of the frame server's folder, and what lies beside that folder and is called alike. */
async function everything(): Promise<string[]> {
  const below = await readdir(farm.folder, { recursive: true, withFileTypes: true });
  const files = below.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const beside = (await readdir(join(farm.folder, '..'))).filter((name) => name.startsWith('escaped'));
  return [...files.map((path) => relative(farm.folder, path)), ...beside].sort();
}

const NAMES = [
  ...[
    '../escaped',
    '../../escaped',
    '../../../escaped',
    '/escaped',
    '/tmp/escaped',
    'a/../../escaped',
    './escaped',
  ],
  ...[
    '..',
    '.',
    '',
    'a//b',
    'a/',
    'a/b/c',
    '.hidden',
    'a/.hidden',
    '..\\escaped',
    'C:\\escaped',
    'C:escaped',
  ],
  ...['a\0b', 'a\nb', 'nul', 'con.png', 'a:b', 'a*', 'x'.repeat(301), `a/${'é'.repeat(200)}`, '\u202egnp'],
];

test.each(NAMES.map((name) => [name.slice(0, 30), name]))(
  'no picture is stored under the name %j',
  async (_, name = '') => {
    const before = await everything();
    expect(await put(`/jobs/job-1/frames/1/output?name=${encodeURIComponent(name)}`, picture)).toBe(400);
    const list = { outputs: [{ name, extension: '.png', digest: hashBytes(picture), size: picture.length }] };
    expect(await put('/jobs/job-1/frames/1/outputs', Buffer.from(JSON.stringify(list)))).toBe(400);
    expect(await everything()).toEqual(before);
  },
);

test.each([
  '/jobs/..%2f..%2fescaped/frames/1',
  '/jobs/..%2F..%2Fescaped/frames/1',
  '/jobs/%2e%2e/frames/1',
  '/jobs/../../escaped/frames/1',
  '/jobs/..%5c..%5cescaped/frames/1',
  '/jobs/%252e%252e%252fescaped/frames/1',
  '/jobs/job-1%00/frames/1',
  '/jobs/JOB-1/frames/1',
  '/jobs/job-1/frames/..%2f..%2fescaped',
  '/jobs/job-1/frames/1%2f..%2f..%2fescaped',
  '/jobs/job-1/frames/1e9',
  '/jobs/job-1/frames/9999999',
  '/blobs/..%2f..%2fescaped',
  '/blobs/sha256:..%2f..%2fescaped',
])('nothing is stored at %s', async (path) => {
  const before = await everything();
  expect([400, 404]).toContain(await put(path, picture));
  expect(await everything()).toEqual(before);
});

test('a name of people is stored where it belongs', async () => {
  expect(await put('/jobs/job-1/frames/1/output?name=Passes%2FMist%20%C3%A9', picture)).toBe(200);
  expect(await everything()).toContain(join('jobs', 'job-1', 'outputs', 'Passes', 'Mist é', '0001.png'));
});

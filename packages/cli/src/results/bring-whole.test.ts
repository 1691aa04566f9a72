import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarmClient } from '@akashganga/client';
import { expect, test } from 'vitest';
import { bringWhole } from './bring-whole.ts';

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 253));
const CUT = 70_000;

/** A farm whose answers are cut; `tag` says what it has when it is asked for the nth time. */
async function cutting(tag: (ask: number) => string | null, whole = bytes) {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-bring-'));
  const ranges: (string | undefined)[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const now = tag(ranges.length);
    const { range, 'if-range': has } = request.headers;
    ranges.push(range);
    const start = range !== undefined && has === now ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
    if (now !== null) response.setHeader('etag', now);
    response.statusCode = start > 0 ? 206 : 200;
    const left = whole.length - start;
    response.write(whole.subarray(start, start + CUT), () => {
      if (left > CUT) response.destroy();
      else response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new FarmClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const target = join(folder, 'a.zip');
  return {
    ...{ folder, ranges, target },
    bring: () => bringWhole(client, { path: '/zip', what: 'the zip' }, target),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('what was cut goes on behind what is here, as often as it takes', async () => {
  await using farm = await cutting(() => '"same"');
  await farm.bring();
  expect(await readFile(farm.target)).toEqual(bytes);
  expect(farm.ranges).toHaveLength(Math.ceil(bytes.length / CUT));
  expect(farm.ranges[0]).toBeUndefined();
  expect(farm.ranges.slice(1).every((range) => range?.startsWith('bytes='))).toBe(true);
});

test('when it is another one meanwhile, it begins anew', async () => {
  const short = bytes.subarray(0, CUT + 5);
  await using farm = await cutting((ask) => `"${Math.min(ask, 1)}"`, short);
  await farm.bring();
  expect(await readFile(farm.target)).toEqual(short);
  expect(farm.ranges).toHaveLength(3);
});

test('what cannot be told from another one is not gone on with, and leaves nothing', async () => {
  await using farm = await cutting(() => null);
  await expect(farm.bring()).rejects.toMatchObject({ code: 'farm.unreachable' });
  expect(farm.ranges).toHaveLength(1);
  expect(await readdir(farm.folder)).toEqual([]);
});

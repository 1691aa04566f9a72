import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FarmClient } from './farm-client.ts';
import { ShutOut } from './shut-out.ts';

// A manager that knows nothing but who was shut out.
let manager: Server;
let members: string[] = [];
let isAway = false;
const asked: string[] = [];
beforeAll(async () => {
  manager = createServer((request, response) => {
    if (isAway) return void request.socket.destroy();
    const known = new URL(request.url ?? '', 'http://here').searchParams.get('known') ?? '';
    asked.push(known);
    const mark = `mark-${members.length}`;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ mark, members: known === mark ? null : members }));
  });
  await new Promise<void>((listening) => manager.listen(0, '127.0.0.1', listening));
});
afterAll(() => void manager.close());

test('who was shut out is known soon, stays known while the manager is away, and may come back', async () => {
  const { port } = manager.address() as AddressInfo;
  await using client = new FarmClient({ url: `http://127.0.0.1:${port}` });
  const shutOut = new ShutOut(client, () => undefined, 20);
  const soon = { timeout: 15_000 };
  await expect.poll(() => asked.includes('mark-0'), soon).toBe(true);
  expect(shutOut.has('w-0001')).toBe(false);
  members = ['w-0001'];
  await expect.poll(() => shutOut.has('w-0001'), soon).toBe(true);
  await expect.poll(() => asked.includes('mark-1'), soon).toBe(true);
  expect(shutOut.has('w-0001')).toBe(true);
  isAway = true;
  await new Promise((later) => setTimeout(later, 100));
  expect(shutOut.has('w-0001')).toBe(true);
  isAway = false;
  members = [];
  await expect.poll(() => shutOut.has('w-0001'), soon).toBe(false);
  shutOut.close();
});

// How many wrong tokens a second a manager refuses, from one loopback address and from two hundred, and what somebody with
// a right token sees meanwhile, who asks for the farm 50 times a second from the same computer.
// Run after `npx tsc -b packages`: npx tsx --conditions=source bench/wrong-tokens.ts [seconds]
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarmClient } from '@akashganga/client';
import { accessRoutes, farmRoutes } from '@akashganga/protocol';
import { median } from './run-program.ts';

/** Requests on their way on each connection. */
const PIPELINED = 8;
const CONNECTIONS = 200;

if (process.argv[2] === 'attack') attack(Number(process.argv[3]), Number(process.argv[4]));
else await main(Number(process.argv[2] ?? 20));

async function main(seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
  const command = join(import.meta.dirname, '../packages/cli/dist/main.js');
  const flags = ['--port', '0', '--host', '127.0.0.1', '--address', '127.0.0.1', '--json', '--data', folder];
  const manager = spawn(process.execPath, [command, 'manager', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await readyAt(manager);
    const key = (await readFile(join(folder, 'key'), 'utf8')).trim();
    await using owner = new FarmClient({ url, key });
    const { token } = await owner.call(accessRoutes.addToken, { body: { role: 'artist', name: 'anna' } });
    await using anna = new FarmClient({ url, key: token });
    const port = Number(new URL(url).port);
    console.log(`nobody else: ${await works(anna, seconds)}`);
    for (const addresses of [1, CONNECTIONS]) {
      const before = await memoryOf(manager);
      const attacker = fork(import.meta.filename, ['attack', String(port), String(addresses)]);
      await sleep(2000);
      const began = performance.now();
      const counted = count(attacker);
      const seen = await works(anna, seconds);
      const { refused, strange } = await counted();
      const rate = refused / ((performance.now() - began) / 1000);
      await ended(attacker, 'SIGKILL');
      const megabytes = `${before} to ${await memoryOf(manager)} MB`;
      console.log(
        `${addresses} addresses, ${Math.round(rate)} wrong tokens a second (${strange} other answers): ${seen}; ${megabytes}`,
      );
    }
  } finally {
    await ended(manager, 'SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a right caller sees, in words. */
async function works(client: FarmClient, seconds: number): Promise<string> {
  const took: number[] = [];
  const until = performance.now() + seconds * 1000;
  for (let failed = 0; ; await sleep(20)) {
    const began = performance.now();
    if (began > until) {
      const sorted = took.sort((a, b) => a - b);
      const late = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
      const figures = [median(took), late, sorted.at(-1) ?? 0].map((one) => one.toFixed(1));
      return `${took.length} right requests, median ${figures[0]} ms, 99 % under ${figures[1]} ms, worst ${figures[2]} ms, ${failed} failed`;
    }
    await client.call(farmRoutes.summary, {}).catch(() => {
      failed += 1;
    });
    took.push(performance.now() - began);
  }
}

interface Counts {
  readonly refused: number;
  readonly strange: number;
}

/** Counts from now on; what it gives back tells how many there were. */
function count(attacker: ChildProcess): () => Promise<Counts> {
  const ask = () =>
    new Promise<Counts>((told) => {
      attacker.once('message', told as (counts: unknown) => void);
      attacker.send('how many');
    });
  const before = ask();
  return async () => {
    const [first, last] = [await before, await ask()];
    return { refused: last.refused - first.refused, strange: last.strange - first.strange };
  };
}

/** Sends wrong tokens as fast as they are answered, as a process of its own. */
function attack(port: number, addresses: number): void {
  let [refused, strange] = [0, 0];
  process.on('message', () => process.send?.({ refused, strange }));
  process.on('disconnect', () => process.exit());
  for (let at = 0; at < CONNECTIONS; at += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (at % addresses)}` });
    const send = () => {
      const token = `akgt_${randomBytes(32).toString('base64url')}`;
      return `GET /api/v1/farm HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    };
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      const statuses = piece.toString('latin1').match(/HTTP\/1\.1 \d+/g) ?? [];
      for (const status of statuses) {
        if (/ (401|429)$/.test(status)) refused += 1;
        else strange += 1;
      }
      if (statuses.length > 0) socket.write(Array.from(statuses, send).join(''));
    });
    socket.write(Array.from({ length: PIPELINED }, send).join(''));
  }
}

async function memoryOf(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

async function readyAt(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    const found = text.split('\n').find((line) => line.includes('"event":"ready"'));
    if (found) return (JSON.parse(found) as { url: string }).url;
  }
  throw new Error(`it ended without being ready: ${text}`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((next) => child.once('exit', next));
  child.kill(signal);
  await closed;
}

// What TLS costs between our own client and manager, on one computer, plain and encrypted in turns: blobs to the manager
// and from it, small requests on kept connections (heartbeats of a worker, as dispatch has them), and new connections.
// Both ends share this computer's processors. With nothing slowed by a network this is the dearest case; `--link 1gbit` (as root)
// puts a link of that rate between the two.
// Run after `npx tsc -b packages`: npx tsx --conditions=source bench/tls.ts [--quick] [--link 1gbit]
import { type ChildProcess, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BlobSource, blobsOverHttp, FarmClient, sendBlobs } from '@akashganga/client';
import { farmRoutes, RELEASE, workerRoutes } from '@akashganga/protocol';
import { eachOf, hashBytes } from '@akashganga/storage';
import { isOnLink } from './on-link.ts';
import { secondsByKind } from './process-times.ts';
import { median } from './run-program.ts';

const MIB = 1024 * 1024;
const CHUNK = 4 * MIB;
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, link: { type: 'string' } },
});
const isQuick = values.quick;
const sizes = {
  rounds: isQuick ? 1 : 5,
  blobs: isQuick ? 25 : 125,
  beats: isQuick ? 1000 : 3000,
  fresh: 100,
};
const LANES = 6;
const PIECES = 32;
const beat = { boot: 'b-bench', slots: [], delivering: [], inUse: false, problem: null };
const WAYS = ['plain', 'TLS'] as const;
type Way = (typeof WAYS)[number];

interface Measure {
  readonly what: string;
  readonly unit: string;
  readonly perSecond: number;
}

if (isOnLink(values.link)) await compare();

async function compare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-tls-'));
  const command = join(import.meta.dirname, '../packages/cli/dist/main.js');
  const where = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', '0'];
  const manager = spawn(process.execPath, [command, 'manager', ...where, '--data', folder, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = new URL(await readyAt(manager)).port;
    const key = (await readFile(join(folder, 'key'), 'utf8')).trim();
    const authority = await readFile(join(folder, 'trust', 'farm.crt'), 'utf8');
    const addresses = {
      plain: { url: `http://127.0.0.1:${port}`, key },
      TLS: { url: `https://127.0.0.1:${port}`, key, tls: { authority } },
    };
    const seen = new Map<string, Record<Way, number[]>>();
    // Before anything counts: programs of both ends run slowly at first.
    for (const way of WAYS) await measured(addresses[way]);
    for (let round = 0; round < sizes.rounds; round += 1)
      for (const way of round % 2 === 0 ? WAYS : [...WAYS].reverse())
        for (const { what, unit, perSecond } of await measured(addresses[way])) {
          const row = seen.get(`${what}, ${unit}`) ?? { plain: [], TLS: [] };
          row[way].push(perSecond);
          seen.set(`${what}, ${unit}`, row);
        }
    show(seen);
  } finally {
    const closed = new Promise((next) => manager.once('exit', next));
    manager.kill('SIGTERM');
    await closed;
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(address: ConstructorParameters<typeof FarmClient>[0]): Promise<Measure[]> {
  await using client = new FarmClient(address);
  await client.check();
  const blobs = newBlobs();
  const mib = (blobs.length * CHUNK) / MIB;
  const up = await timed(() => sendBlobs(client, blobs));
  const reader = blobsOverHttp(client);
  const down = await timed(() =>
    eachOf(blobs, LANES, async ({ digest }) => {
      let bytes = 0;
      for await (const piece of await reader.get(digest)) bytes += (piece as Uint8Array).length;
      if (bytes !== CHUNK) throw new Error(`${bytes} bytes of ${digest}`);
    }),
  );
  await sayHello(client);
  const beats = await timed(() =>
    eachOf(Array.from({ length: sizes.beats }), PIECES, async () => {
      await client.call(workerRoutes.heartbeat, { params: { worker: 'w-bench' }, body: beat });
    }),
  );
  const fresh = await timed(async () => {
    for (let one = 0; one < sizes.fresh; one += 1) {
      await using other = new FarmClient(address);
      await other.call(farmRoutes.health, {});
    }
  });
  return [
    { what: 'to the manager', unit: 'MiB/s', perSecond: mib / up.wall },
    { what: 'to the manager, for a second of both processors', unit: 'MiB', perSecond: mib / up.cpu },
    { what: 'from the manager', unit: 'MiB/s', perSecond: mib / down.wall },
    { what: 'from the manager, for a second of both processors', unit: 'MiB', perSecond: mib / down.cpu },
    { what: 'heartbeats', unit: 'a second', perSecond: sizes.beats / beats.wall },
    { what: 'heartbeats, for a second of both processors', unit: '', perSecond: sizes.beats / beats.cpu },
    { what: 'new connections with one request', unit: 'a second', perSecond: sizes.fresh / fresh.wall },
  ];
}

// Random, so that none is there already.
function newBlobs(): BlobSource[] {
  return Array.from({ length: sizes.blobs }, () => {
    const bytes = randomFillSync(Buffer.allocUnsafe(CHUNK));
    return { digest: hashBytes(bytes), size: CHUNK, bytes };
  });
}

async function sayHello(client: FarmClient): Promise<void> {
  await client.call(workerRoutes.hello, {
    body: {
      ...{ id: 'w-bench', boot: 'b-bench', name: 'bench', platform: 'linux-x64', cores: 1, memory: 1e9 },
      ...{ slots: 1, tags: [], blenders: [], gpus: [], timeZone: 'UTC', version: RELEASE },
      sandbox: { kind: 'none' as const, closed: false, says: 'It renders nothing.' },
    },
  });
}

/** Wall seconds, and seconds of the processor that client and manager took together (PostgreSQL beside them included). */
async function timed(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const before = await processorSeconds();
  const started = performance.now();
  await work();
  const wall = (performance.now() - started) / 1000;
  return { wall, cpu: (await processorSeconds()) - before };
}

async function processorSeconds(): Promise<number> {
  return [...(await secondsByKind(process.pid)).values()].reduce((sum, one) => sum + one, 0);
}

async function readyAt(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    const found = /"event":"ready".*?"url":"([^"]+)"/.exec(text);
    if (found?.[1]) return found[1];
  }
  throw new Error(`the manager ended: ${text}`);
}

function show(seen: ReadonlyMap<string, Record<Way, number[]>>): void {
  console.log('| what | plain | TLS | TLS of plain, each round | median |\n| --- | --- | --- | --- | --- |');
  for (const [what, { plain, TLS }] of seen) {
    const ratios = plain.map((one, round) => (TLS[round] ?? Number.NaN) / one);
    const [a, b] = [median(plain), median(TLS)].map((one) => one.toFixed(0));
    const each = ratios.map((one) => one.toFixed(2)).join(' ');
    console.log(`| ${what} | ${a} | ${b} | ${each} | ${median(ratios).toFixed(2)} |`);
  }
}

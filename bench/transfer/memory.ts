// How much memory a manager takes while a scene of many gigabytes goes through it: up as a submitter sends it, submitted,
// and down as a worker fetches it. The bytes are made as they are sent, so they lie on the disk once, at the manager.
import { type ChildProcess, spawn } from 'node:child_process';
import { createCipheriv, createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BlobSource, blobsOverHttp, FarmClient, sendBlobs } from '@akashganga/client';
import { type Chunk, jobRoutes, LARGEST_CHUNK, type ManifestFile, manifestBytes } from '@akashganga/protocol';
import { eachOf, hashBytes, readBlob } from '@akashganga/storage';
import { cutPoint } from '../../packages/protocol/src/chunks/cut-point.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Kept free besides the scene. */
const SPARE = 4 * GIB;
/** Sent with one call of the client. */
const BATCH = 64 * MIB;
const LANES = 8;

/** Sends and fetches `gib` GiB and prints the peak. Throws when the disk has too little room. */
export async function memory(gib: number): Promise<void> {
  const size = Math.floor(gib * GIB);
  const data = await mkdtemp(join(tmpdir(), 'akashganga-memory-'));
  try {
    await mustFit(data, size);
    // PostgreSQL does not run as root; the user it runs as must be able to pass through.
    await chmod(data, 0o755);
    const manager = await startManager(data);
    try {
      await measure(manager, size);
    } finally {
      await manager.stop();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function mustFit(folder: string, size: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  console.log(`${gb(size)} will lie in ${folder} for a while, where ${gb(free)} are free`);
  if (free < size + SPARE)
    throw new Error(
      `not enough room: ${gb(size + SPARE)} are needed; choose a smaller --size or another TMPDIR`,
    );
}

interface Manager {
  readonly pid: number;
  readonly client: FarmClient;
  stop(): Promise<void>;
}

async function startManager(data: string): Promise<Manager> {
  const program = join(import.meta.dirname, '../../packages/cli/dist/main.js');
  const args = [program, 'manager', '--data', data, '--host', '127.0.0.1', '--port', '0', '--json'];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const url = await addressSaid(child);
  const client = new FarmClient({ url, key: (await readFile(join(data, 'key'), 'utf8')).trim() });
  return {
    ...{ pid: child.pid ?? 0, client },
    async stop() {
      await client.close();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function addressSaid(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const said = JSON.parse(line) as { event?: string; url?: string };
    if (said.event === 'ready' && said.url) return said.url;
  }
  throw new Error('the manager ended before it was ready');
}

async function measure({ pid, client }: Manager, size: number): Promise<void> {
  const row = async (what: string, started: number, bytes: number) => {
    const seconds = (performance.now() - started) / 1000;
    const peak = mib(await peakOf(pid));
    const speed = bytes > 0 ? `, ${(bytes / MIB / seconds).toFixed(0)} MiB/s` : '';
    console.log(`${what}: ${seconds.toFixed(1)} s${speed}; the most memory of the manager so far: ${peak}`);
  };
  let started = performance.now();
  await row('before', started, 0);
  const file = await send(client, size, (sent) => row(`sent ${gb(sent)}`, started, sent));
  await row('all is there', started, size);
  started = performance.now();
  const manifest = manifestBytes([file]);
  const digest = hashBytes(manifest);
  await sendBlobs(client, [{ digest, bytes: manifest, size: manifest.length }]);
  await client.call(jobRoutes.submit, {
    body: {
      ...{ id: `job-${randomUUID()}`, name: 'Large', submitter: 'bench', frames: '1', settings: {} },
      scene: { manifest: digest, entry: file.path, blender: '3.4' },
    },
    timeoutSeconds: 600,
  });
  await row(`submitted (${file.chunks?.length ?? 0} chunks, each looked for)`, started, 0);
  started = performance.now();
  await fetchAll(client, file.chunks ?? []);
  await row('fetched and verified', started, size);
  const peak = await peakOf(pid);
  console.log(
    `${gb(size)} through a manager: at most ${mib(peak)} of memory (aim under 500 MiB; VmHWM, without the processes of PostgreSQL)`,
  );
}

/** Sends bytes that do not compress and do not repeat, cut as `describeFile` cuts; holds one batch of them. */
async function send(
  client: FarmClient,
  size: number,
  onGib: (sent: number) => Promise<void>,
): Promise<ManifestFile> {
  const whole = createHash('sha256');
  const chunks: Chunk[] = [];
  let batch: BlobSource[] = [];
  let held = 0;
  let sent = 0;
  const flush = async () => {
    const before = sent;
    await sendBlobs(client, batch);
    sent += held;
    [batch, held] = [[], 0];
    if (Math.floor(before / GIB) < Math.floor(sent / GIB)) await onGib(sent);
  };
  for (const chunk of chunksOf(size)) {
    whole.update(chunk);
    const blob = { digest: hashBytes(chunk), size: chunk.length };
    chunks.push(blob);
    batch.push({ ...blob, bytes: chunk });
    held += chunk.length;
    if (held >= BATCH) await flush();
  }
  await flush();
  return { path: 'scene.blend', digest: `sha256:${whole.digest('hex')}`, size, chunks };
}

function* chunksOf(size: number): Iterable<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 20), Buffer.alloc(16));
  const zeros = Buffer.alloc(2 * LARGEST_CHUNK);
  let window: Buffer = Buffer.alloc(0);
  for (let made = 0; made < size || window.length > 0; ) {
    if (window.length < LARGEST_CHUNK && made < size) {
      const more = cipher.update(zeros.subarray(0, Math.min(zeros.length, size - made)));
      made += more.length;
      window = Buffer.concat([window, more]);
    }
    const end = cutPoint(window);
    yield Buffer.from(window.subarray(0, end));
    window = window.subarray(end);
  }
}

async function fetchAll(client: FarmClient, chunks: readonly Chunk[]): Promise<void> {
  const reader = blobsOverHttp(client);
  await eachOf(chunks, LANES, async ({ digest }) => {
    await readBlob(reader, digest, LARGEST_CHUNK);
  });
}

/** The most bytes a process had in memory since it began. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function gb(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

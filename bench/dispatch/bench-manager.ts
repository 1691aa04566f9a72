import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Connections } from './connections.ts';

const program = join(import.meta.dirname, 'manager-process.ts');

/** A manager in its own process, with its own PostgreSQL, in a folder that is removed afterwards. */
export class BenchManager {
  readonly folder: string;
  readonly port: number;
  readonly key = 'a-key-of-the-bench';
  readonly #pageFolder: string | null;
  #process: ChildProcess | null = null;

  private constructor(folder: string, port: number, pageFolder: string | null) {
    this.folder = folder;
    this.port = port;
    this.#pageFolder = pageFolder;
  }

  static async start(
    nodeFlags: readonly string[] = [],
    pageFolder: string | null = null,
  ): Promise<BenchManager> {
    const manager = new BenchManager(await mkdtemp('/tmp/akg-bench-'), await freePort(), pageFolder);
    await manager.run(nodeFlags);
    return manager;
  }

  /**
   * Starts it, again if it was killed. Resolves with the seconds until it led the farm and served, and until a
   * question was answered here, where all the workers that come back ask too.
   */
  async run(nodeFlags: readonly string[] = []): Promise<{ led: number; answered: number }> {
    const started = Date.now();
    const given = [this.folder, String(this.port), this.key, ...(this.#pageFolder ? [this.#pageFolder] : [])];
    const flags = [...nodeFlags, '--import', 'tsx', program, ...given];
    const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] });
    const led = new Promise<number>((said) => {
      child.stdout?.on('data', (piece) => {
        const [, time] = /^led (\d+)$/m.exec(String(piece)) ?? [];
        if (time) said(Number(time));
      });
    });
    this.#process = child;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the manager ended with ${child.exitCode}`);
      if (await this.#isReady()) break;
      await new Promise((next) => setTimeout(next, 20));
    }
    return { led: ((await led) - started) / 1000, answered: (Date.now() - started) / 1000 };
  }

  async #isReady(): Promise<boolean> {
    const reply = await fetch(`http://127.0.0.1:${this.port}/api/v1/health`).catch(() => null);
    if (reply) return ((await reply.json().catch(() => ({}))) as { ready?: boolean }).ready === true;
    return false;
  }

  connect(): Connections {
    return new Connections(this.port, this.key);
  }

  /** Bytes of memory it has, and the seconds of processor it has used. */
  async usage(): Promise<{ memory: number; seconds: number }> {
    const pid = this.#process?.pid ?? 0;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const memory = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    return { memory, seconds: secondsOf(pid) };
  }

  /** Its PostgreSQL: the first process and those that it started. */
  postgresProcesses(): number[] {
    const file = join(this.folder, 'manager', 'postgres', 'postmaster.pid');
    const first = Number(readFileSync(file, 'utf8').split('\n')[0]);
    const list = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const children = list.map((line) => line.trim().split(/\s+/).map(Number));
    return [first, ...children.filter(([, parent]) => parent === first).map(([pid = 0]) => pid)];
  }

  /** Seconds of processor that its PostgreSQL has used. */
  postgresSeconds(): number {
    return this.postgresProcesses().reduce((sum, pid) => sum + secondsOf(pid), 0);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await this.kill('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}

function secondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(stat[11]) + Number(stat[12])) / 100;
}

/** Puts a scene of a few bytes there; nobody opens it. */
export async function putScene(calls: Connections) {
  const put = async (bytes: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await calls.call('PUT', `/blobs/${digest}`, bytes);
    return digest;
  };
  const file = Buffer.from('a scene of the bench');
  const digest = await put(file);
  const files = [{ path: 'bench.blend', digest, size: file.length }];
  const manifest = await put(Buffer.from(JSON.stringify({ version: 1, files })));
  return { manifest, entry: 'bench.blend', blender: '3.4' };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : 0;
}

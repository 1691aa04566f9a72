import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const run = promisify(execFile);

export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * A folder of one test. Every process of a farm names it on its command line or works inside it, so they can all be
 * counted, those of other tests and of other people never.
 */
export class TestFolder {
  readonly path: string;
  readonly #mounts: string[] = [];

  constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TestFolder> {
    const path = await mkdtemp(join(tmpdir(), 'akg-'));
    // PostgreSQL does not run as root; the user it runs as must be able to pass through.
    await chmod(path, 0o755);
    return new TestFolder(path);
  }

  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** The living processes of this folder whose command line has `part`. */
  async processes(part = ''): Promise<SeenProcess[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const seen = await Promise.all(pids.map((pid) => this.#look(Number(pid))));
    return seen.filter((one) => one?.command.includes(part)).filter((one) => one !== null);
  }

  async #look(pid: number): Promise<SeenProcess | null> {
    if (pid === process.pid) return null;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
      .replaceAll('\0', ' ')
      .trim();
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const inside = `${this.path}/`;
    return command.includes(inside) || `${folder}/`.startsWith(inside) ? { pid, command } : null;
  }

  /** A small disk of its own below this folder, to be filled. Needs root: a test without it must fail, not pass unseen. */
  async mountSmallDisk(name: string, megabytes: number): Promise<string> {
    const path = this.join(name);
    await run('mkdir', ['-p', path]);
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path]);
    this.#mounts.push(path);
    return path;
  }

  /** Says that nothing of the test still runs, ends what does, and deletes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = await this.#leftAfter(5000);
    for (const { pid } of left) kill(pid);
    await this.#leftAfter(2000);
    for (const path of this.#mounts) await run('umount', ['-l', path]).catch(() => undefined);
    await rm(this.path, { recursive: true, force: true });
    expect(left, 'processes that outlived their test').toEqual([]);
  }

  async #leftAfter(ms: number): Promise<SeenProcess[]> {
    const until = Date.now() + ms;
    for (;;) {
      const left = await this.processes();
      if (left.length === 0 || Date.now() > until) return left;
      await new Promise((next) => setTimeout(next, 50));
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

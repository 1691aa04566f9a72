import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type SandboxReport, workerRoutes } from '@akashganga/protocol';
import { expect } from 'vitest';
import type { TestFarm } from '../farm/processes/test-farm.ts';

export const victims = ['blender', 'bubblewrap', 'worker'] as const;
type Inside = Exclude<(typeof victims)[number], 'worker'>;

interface Seen {
  readonly pid: number;
  readonly kind: Inside;
  /** The session's folder: it is in the environment of everything that is started for it. */
  readonly session: string;
}

/** What one worker has on this computer beside itself: processes, files, control groups, mounts. */
export class WorkerTraces {
  readonly #data: string;
  readonly #folder: string;
  /** As the sandbox names its groups. */
  readonly #group: string;

  private constructor(data: string, folder: string) {
    this.#data = data;
    this.#folder = folder;
    this.#group = `akashganga-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  }

  static async of(data: string): Promise<WorkerTraces> {
    return new WorkerTraces(data, await realpath(join(data, 'worker')));
  }

  async report(farm: TestFarm): Promise<Partial<SandboxReport>> {
    const { workers } = await farm.client.call(workerRoutes.list, {});
    return workers[0]?.sandbox ?? {};
  }

  /** Everything that runs for its sessions. */
  async processes(): Promise<Seen[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const seen = await Promise.all(pids.map((pid) => this.#look(pid)));
    return seen.filter((one) => one !== null);
  }

  async #look(pid: number): Promise<Seen | null> {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [session] = new RegExp(`(?<=\0BLENDER_USER_RESOURCES=)${this.#folder}/slots/[^/\0]+/[^/\0]+`).exec(
      `\0${await read('environ')}`,
    ) ?? [null];
    if (session === null) return null;
    const kind = (await read('cmdline')).includes('\0--die-with-parent\0') ? 'bubblewrap' : 'blender';
    return { pid, kind, session };
  }

  /** Kills one of that kind, waited for; then all else of its session goes, and its folder. */
  async killOne(kind: Inside, random: () => number): Promise<void> {
    const victim = await this.#await(kind, random);
    const found = await lstat(victim.session).catch(() => null);
    process.kill(victim.pid, 'SIGKILL');
    const isItsOwn = (one: Seen) => one.session === victim.session;
    await expect.poll(async () => (await this.processes()).filter(isItsOwn), { interval: 20 }).toEqual([]);
    const isLeft = async () => (await lstat(victim.session).catch(() => null))?.ino === found?.ino;
    if (found) await expect.poll(isLeft, { interval: 20 }).toBe(false);
  }

  async #await(kind: Inside, random: () => number): Promise<Seen> {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      const all = (await this.processes()).filter((one) => one.kind === kind);
      const chosen = all[Math.floor(random() * all.length)];
      if (chosen) return chosen;
      await new Promise((next) => setTimeout(next, 20));
    }
    throw new Error(`no ${kind} came up within 20 s`);
  }

  /** Files and folders that sessions and frames on their way have made, each with when it was made. */
  async files(): Promise<string[]> {
    const found: string[] = [];
    for (const place of ['slots', 'rooms', 'outbox']) {
      const folder = join(this.#folder, place);
      for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
        // Whole parcels outlive their worker, and whole updates: they are delivered at the next start.
        if (place === 'outbox' && !name.includes('.part')) continue;
        const { ino, birthtimeMs } = await lstat(join(folder, name)).catch(() => ({
          ino: 0,
          birthtimeMs: 0,
        }));
        found.push(`${place}/${name} ${ino} ${birthtimeMs}`);
      }
    }
    return found;
  }

  async groups(): Promise<string[]> {
    const all = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []);
    return all.filter((name) => name.split('/').some((part) => part.startsWith(this.#group)));
  }

  /** All that is still there, when nothing may be. */
  async left(): Promise<string[]> {
    const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
    const isFile = (name: string) => !/^slots\/\d+ /.test(name);
    return [
      ...(await this.processes()).map((one) => `process ${one.pid} of ${one.session}`),
      ...(await this.files()).filter(isFile),
      ...(await this.groups()),
      ...mounts.filter((line) => line.includes(` ${this.#data}/`)),
    ];
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FarmClient } from '@akashganga/client';
import { deliveryRoutes, fillPath, frameHeaders } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';

const program = fileURLToPath(new URL('./run-frames.mjs', import.meta.url));

/** A frame server of its own process, killed and started again as often as one likes; deliveries to it are repeated. */
export class KilledFrames {
  readonly #args: readonly string[];
  readonly #key: string;
  #child: ChildProcess | null = null;
  #client: FarmClient | null = null;

  constructor(folder: string, ffmpeg: string, farm: { url: string; key: string }) {
    this.#args = [program, folder, ffmpeg, farm.url, farm.key];
    this.#key = farm.key;
  }

  /** Starts it; resolves when it can be reached. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    if (!child.stdout) throw new Error('no stdout');
    const [port] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    this.#client = new FarmClient({ url: `http://127.0.0.1:${Number(port)}`, key: this.#key });
  }

  /** As by `kill -9`; its ffmpegs live on, as they do then. */
  async kill(): Promise<void> {
    const child = this.#child;
    const client = this.#client;
    this.#child = null;
    this.#client = null;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await client?.close();
  }

  /** Kills one of its ffmpegs, if there is any: whether one was killed. `choice` is between 0 and 1. */
  async killFfmpeg(choice: number): Promise<boolean> {
    const pid = this.#child?.pid ?? -1;
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    const children = text.split(' ').filter(Boolean).map(Number);
    const chosen = children[Math.floor(choice * children.length)];
    if (chosen === undefined) return false;
    const name = await readFile(`/proc/${chosen}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'ffmpeg') return false;
    process.kill(chosen, 'SIGKILL');
    return true;
  }

  /** Delivers a frame, again and again until it is acknowledged. */
  async deliver(job: string, frame: number, png: Buffer, replace: boolean): Promise<void> {
    let why: unknown = 'it never ran';
    for (let tries = 0; tries < 10_000; tries += 1) {
      const taken = await this.#client
        ?.send({
          method: 'PUT',
          path: fillPath(deliveryRoutes.deliver.route.path, { job, frame }),
          headers: {
            [frameHeaders.digest]: hashBytes(png),
            [frameHeaders.extension]: '.png',
            ...(replace ? { [frameHeaders.replace]: '1' } : {}),
          },
          body: png,
        })
        .then(async (reply) => reply.body.json())
        .catch((error: unknown) => {
          why = error;
          return null;
        });
      if (taken) return;
      await sleep(20);
    }
    throw new Error(`frame ${frame} could not be delivered`, { cause: why });
  }
}

import { execFile, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { driverFolder } from '../../packages/worker/src/session/index.ts';

const run = promisify(execFile);

/**
 * What a hostile scene wants to reach, set up so that nothing but the sandbox stands before it: files that anybody may
 * read and write, a server that listens, a process to be killed, all in one folder that is removed in the end.
 */
export class Targets implements AsyncDisposable {
  readonly folder: string;
  readonly scenes: string;
  readonly key: string;
  readonly secret: string;
  readonly data: string;
  /** Connections that were made to the server. */
  reached = 0;
  readonly #servers: Server[] = [];
  readonly #victim = spawn('sleep', ['3600']);
  #sceneNames: string[] = [];
  /** A number that no other `sleep` on this computer is given. */
  readonly mark: string;

  constructor(folder: string) {
    this.folder = folder;
    this.scenes = join(folder, 'scenes');
    this.data = join(folder, 'data');
    this.key = join(this.data, 'key');
    this.secret = `the farm's key ${Math.random()}`;
    this.mark = `${7000 + Math.random()}`;
  }

  static async make(blender: string): Promise<Targets> {
    const targets = new Targets(await mkdtemp(join(tmpdir(), 'akg-hostile-')));
    await targets.#prepare(blender);
    return targets;
  }

  async #prepare(blender: string): Promise<void> {
    const { folder, scenes, data, key, secret, mark } = this;
    for (const path of [folder, scenes, data]) {
      await mkdir(path, { recursive: true });
      await chmod(path, 0o777);
    }
    await writeFile(key, secret, { mode: 0o666 });
    const picture = join(folder, 'secret.png');
    const red = { create: { width: 8, height: 8, channels: 3 as const, background: '#ff0000' } };
    await sharp(red).png().toFile(picture);
    const port = await this.#listen(0);
    const socket = join(folder, 'socket');
    await this.#listen(socket);
    await chmod(socket, 0o777);
    const outside = join(folder, 'outside');
    const named = {
      key,
      picture,
      port,
      socket,
      outside,
      data,
      mark,
      sceneFolder: scenes,
      driver: driverFolder,
    };
    const list = join(folder, 'targets.json');
    await writeFile(list, JSON.stringify({ ...named, victim: this.#victim.pid }));
    const script = fileURLToPath(new URL('./make-scenes.py', import.meta.url));
    const args = ['-b', '--factory-startup', '--python-exit-code', '7', '-P', script, '--', scenes, list];
    await run(blender, args, { maxBuffer: 64e6 });
    this.#sceneNames = await readdir(scenes);
  }

  async #listen(at: number | string): Promise<number> {
    const server = createServer((socket) => {
      this.reached += 1;
      socket.destroy();
    });
    this.#servers.push(server);
    const where = typeof at === 'number' ? { port: at, host: '0.0.0.0' } : { path: at };
    await new Promise<void>((listening) => server.listen(where, () => listening()));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** What was done to them, in words; empty when nothing was. */
  async damage(): Promise<string[]> {
    const found: string[] = [];
    if (this.reached > 0) found.push('the server was reached');
    if (this.#victim.exitCode !== null || this.#victim.signalCode !== null)
      found.push('another process was ended');
    if ((await readFile(this.key, 'utf8')) !== this.secret) found.push('the key was written');
    const known = ['scenes', 'data', 'secret.png', 'socket', 'targets.json'];
    const strange = (await readdir(this.folder)).filter((name) => !known.includes(name));
    const beside = (await readdir(join(this.folder, '..'))).filter((name) => name.startsWith('outside-'));
    found.push(...[...strange, ...beside].map((name) => `${name} was made`));
    if ((await readdir(this.scenes)).join() !== this.#sceneNames.join())
      found.push("the scenes' folder was written");
    for (const path of ['/breach', '/usr/breach', '/etc/breach'])
      if (await lstat(path).catch(() => null)) found.push(`${path} was made`);
    return found;
  }

  /** Processes that a scene has left, by their mark or because they work in its folders. */
  async left(): Promise<string[]> {
    const { stdout } = await run('ps', ['-eo', 'pid=,stat=,args='], { maxBuffer: 16e6 });
    return stdout
      .split('\n')
      .filter((line) => !/^\s*\d+\s+Z/.test(line))
      .filter((line) => line.includes(`sleep ${this.mark}`) || line.includes(`${this.data}/`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#victim.kill('SIGKILL');
    for (const server of this.#servers) server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

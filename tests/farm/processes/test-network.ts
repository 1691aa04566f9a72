import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command, type Environment } from './command.ts';
import type { TestFolder } from './test-folder.ts';

const run = promisify(execFile);
const checkout = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/**
 * Hosts with a network of their own: the one of the farm, which sees this computer's files, and bare ones, which see a
 * root folder with Node, a shell, this checkout and nothing else. Network and mount namespaces; needs root and iproute2,
 * and fails without.
 */
export class TestNetwork {
  readonly folder: TestFolder;
  readonly #prefix = `akg${process.pid}`;
  readonly #spaces: string[] = [];
  static readonly farmAddress = '10.213.7.1';

  private constructor(folder: TestFolder) {
    this.folder = folder;
  }

  static async make(folder: TestFolder, bare: readonly string[]): Promise<TestNetwork> {
    const network = new TestNetwork(folder);
    try {
      await network.#addFarm();
      for (const [index, name] of bare.entries()) await network.#addBare(name, index + 2);
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  #space(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  async #addSpace(name: string): Promise<void> {
    await run('ip', ['netns', 'add', this.#space(name)]);
    this.#spaces.push(this.#space(name));
    await this.#ip(name, 'link', 'set', 'lo', 'up');
  }

  #ip(name: string, ...args: string[]): Promise<unknown> {
    return run('ip', ['-n', this.#space(name), ...args]);
  }

  async #addFarm(): Promise<void> {
    await this.#addSpace('farm');
    await this.#ip('farm', 'link', 'add', 'bridge', 'type', 'bridge');
    await this.#ip('farm', 'addr', 'add', `${TestNetwork.farmAddress}/24`, 'dev', 'bridge');
    await this.#ip('farm', 'link', 'set', 'bridge', 'up');
  }

  async #addBare(name: string, number: number): Promise<void> {
    await this.#addSpace(name);
    const peer = ['peer', 'name', 'net', 'netns', this.#space(name)];
    await this.#ip('farm', 'link', 'add', `to-${name}`, 'type', 'veth', ...peer);
    await this.#ip('farm', 'link', 'set', `to-${name}`, 'master', 'bridge', 'up');
    await this.#ip(name, 'addr', 'add', `10.213.7.${number}/24`, 'dev', 'net');
    await this.#ip(name, 'link', 'set', 'net', 'up');
    await this.#makeRoot(this.root(name));
  }

  /** Where a bare host's files are. */
  root(name: string): string {
    return this.folder.join(`host-${name}`);
  }

  async #makeRoot(root: string): Promise<void> {
    for (const name of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'etc', 'proc', 'dev', 'tmp', 'root'])
      await mkdir(join(root, name), { recursive: true });
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
    await mkdir(join(root, checkout), { recursive: true });
    await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    await copyWithLibraries(['/bin/sh', process.execPath], root);
  }

  /** `akashganga …` on the farm's host. */
  onFarm(args: readonly string[], environment: Environment = {}): Command {
    const before = ['ip', 'netns', 'exec', this.#space('farm')];
    return new Command(args, environment, this.folder.path, before);
  }

  /** Runs any program on the farm's host and gives what it prints. */
  async inFarm(words: readonly string[]): Promise<string> {
    return (await run('ip', ['netns', 'exec', this.#space('farm'), ...words])).stdout;
  }

  /** Starts a program in a host's network, with this computer's files. Whoever starts it ends it. */
  start(name: string, words: readonly string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.#space(name), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** `akashganga …` on a bare host. Paths in `args` are those of its own root. */
  onBare(name: string, args: readonly string[], environment: Environment = {}): Command {
    return new Command(args, { PATH: '/usr/bin:/bin', ...environment }, this.root(name), this.#inside(name));
  }

  /** Runs a shell's words on a bare host and gives what they print. */
  async shell(name: string, words: string): Promise<string> {
    const [first = '', ...rest] = [...this.#inside(name), '/bin/sh', '-c', words];
    return (await run(first, rest, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })).stdout;
  }

  // The mounts end with the process that made them.
  #inside(name: string): string[] {
    const script = [
      ...['set -e', 'root=$1; checkout=$2; shift 2'],
      ...['mount -t proc proc "$root/proc"', 'mount --rbind /dev "$root/dev"'],
      'mount --bind "$checkout" "$root$checkout"',
      'exec /usr/sbin/chroot "$root" "$@"',
    ].join('\n');
    const space = ['ip', 'netns', 'exec', this.#space(name)];
    return [...space, 'unshare', '--mount', 'sh', '-c', script, 'sh', this.root(name), checkout];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const space of this.#spaces) await run('ip', ['netns', 'del', space]).catch(() => undefined);
  }
}

async function copyWithLibraries(programs: readonly string[], root: string): Promise<void> {
  const { stdout } = await run('ldd', programs as string[]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
  for (const path of new Set([...programs, ...libraries])) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
}

/** Names of everything below a folder. */
export async function namesBelow(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true });
}

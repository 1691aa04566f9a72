import { readFile } from 'node:fs/promises';
import { FarmClient } from '@akashganga/client';
import { accessRoutes, type Frame, type Job, jobRoutes } from '@akashganga/protocol';
import { akashganga, Command, type Ended, type Environment, fakeBlender } from './command.ts';
import { freePort } from './free-port.ts';
import type { TestFolder } from './test-folder.ts';

/** How the worker finds its Blender, and where the fake one writes what it rendered. */
export function fakeEnvironment(folder: TestFolder): Environment {
  return {
    AKASHGANGA_BLENDER: fakeBlender,
    FAKE_BLENDER_STATE: folder.join('fake-state'),
    FAKE_BLENDER_LOG: folder.join('rendered.log'),
  };
}

const LOCAL = ['--host', '127.0.0.1', '--address', '127.0.0.1'];

/** A farm of separate processes, each role with a data folder of its own, joined by the join code. */
export class TestFarm {
  readonly folder: TestFolder;
  readonly environment: Environment;
  readonly port: number;
  readonly roles = new Map<string, Command>();
  client: FarmClient;
  key = '';

  constructor(folder: TestFolder, environment: Environment, port: number) {
    this.folder = folder;
    this.environment = environment;
    this.port = port;
    this.client = new FarmClient({ url: this.url, key: '' });
  }

  static async start(
    folder: TestFolder,
    options: { environment?: Environment; workers?: number; slots?: number; frames?: boolean } = {},
  ): Promise<TestFarm> {
    const farm = new TestFarm(folder, options.environment ?? fakeEnvironment(folder), await freePort());
    await farm.startManager();
    const workers = Array.from({ length: options.workers ?? 2 }, (_, at) => `worker-${at + 1}`);
    await Promise.all([
      ...(options.frames === false ? [] : [farm.startFrames()]),
      ...workers.map((name) => farm.startWorker(name, ['--slots', String(options.slots ?? 1)])),
    ]);
    return farm;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  data(role: string): string {
    return this.folder.join(role);
  }

  async startManager(environment: Environment = {}): Promise<Command> {
    const role = this.runManager('manager', ['--port', String(this.port), ...LOCAL], environment);
    await role.event('ready');
    await this.readKey();
    return role;
  }

  /** The farm's own key, as its manager keeps it. */
  async readKey(): Promise<void> {
    this.key = (await readFile(this.folder.join('manager', 'key'), 'utf8')).trim();
    await this.client.close();
    this.client = new FarmClient({ url: this.url, key: this.key });
  }

  /** A manager with a data folder of this name; it is ready when it leads. */
  runManager(name: string, args: readonly string[], environment: Environment = {}): Command {
    return this.#run(name, ['manager', ...args], environment);
  }

  async startFrames(port = 0, data = 'frames'): Promise<Command> {
    const role = this.#run(data, [
      'frames',
      '--port',
      String(port),
      '--join',
      await this.joinCode('frames'),
      ...LOCAL,
    ]);
    await role.event('ready');
    return role;
  }

  async startWorker(name: string, more: readonly string[] = []): Promise<Command> {
    const args = ['worker', '--name', name, '--join', await this.joinCode(), '--no-measure', ...more];
    const role = this.#run(name, args);
    await role.event('ready');
    return role;
  }

  /** A role that shows the farm's key instead of a certificate, as those do that run beside the manager. */
  async startByKey(name: string, args: readonly string[]): Promise<Command> {
    const role = this.#run(name, [...args, '--farm', this.url], { AKASHGANGA_TOKEN: this.key });
    await role.event('ready');
    return role;
  }

  async startMonitor(): Promise<Command> {
    const role = this.#run('monitor', ['monitor', '--port', '0', '--farm', this.url, ...LOCAL]);
    await role.event('ready');
    return role;
  }

  /** The role that runs under this name. */
  role(name: string): Command {
    const found = this.roles.get(name);
    if (!found) throw new Error(`no ${name} was started`);
    return found;
  }

  async joinCode(role: 'worker' | 'frames' = 'worker'): Promise<string> {
    return (await this.client.call(accessRoutes.joinCode, { body: { for: role } })).code;
  }

  #run(name: string, args: readonly string[], environment: Environment = {}): Command {
    const all = [...args, '--data', this.data(name), '--json'];
    const role = new Command(all, { ...this.environment, ...environment }, this.folder.path);
    this.roles.set(name, role);
    return role;
  }

  /** `akashganga …` for this farm, to its end. */
  command(args: readonly string[], environment: Environment = {}): Promise<Ended> {
    const all = [...args, '--farm', this.url, '--json'];
    return akashganga(
      all,
      { AKASHGANGA_TOKEN: this.key, ...this.environment, ...environment },
      this.folder.path,
    );
  }

  async submit(scene: string, more: readonly string[] = []): Promise<string> {
    const { last, stderr } = await this.command(['submit', scene, ...more]);
    if (last.event !== 'submitted') throw new Error(`not submitted: ${JSON.stringify(last)} ${stderr}`);
    return String(last.job);
  }

  job(id: string): Promise<Job> {
    return this.client.call(jobRoutes.get, { params: { job: id } });
  }

  /** The job once `isSo`; asked again while the manager is away. */
  async until(id: string, isSo: (job: Job) => boolean, seconds = 60): Promise<Job> {
    const deadline = Date.now() + seconds * 1000;
    let last: unknown = null;
    while (Date.now() < deadline) {
      const job = await this.job(id).catch((error: unknown) => {
        last = error;
        return null;
      });
      if (job) last = job;
      if (job && isSo(job)) return job;
      await new Promise((next) => setTimeout(next, 50));
    }
    throw new Error(`it did not come to pass within ${seconds} s; last: ${JSON.stringify(last)}`);
  }

  async ended(id: string, seconds = 60): Promise<Job> {
    return this.until(id, (job) => ['completed', 'failed', 'canceled'].includes(job.state), seconds);
  }

  async frames(id: string): Promise<Frame[]> {
    const found: Frame[] = [];
    for (let from: number | undefined; ; ) {
      const query = from === undefined ? { limit: 10_000 } : { from, limit: 10_000 };
      const { frames, more } = await this.client.call(jobRoutes.frames, { params: { job: id }, query });
      found.push(...frames);
      if (!more) return found;
      from = (found.at(-1)?.frame ?? 0) + 1;
    }
  }

  async doneFrames(id: string): Promise<number[]> {
    return (await this.frames(id)).filter((frame) => frame.state === 'done').map((frame) => frame.frame);
  }

  /** Stops every role kindly, workers first. */
  async [Symbol.asyncDispose](): Promise<void> {
    const roles = [...this.roles.entries()];
    const late = (name: string) => (name.startsWith('manager') ? 2 : name.startsWith('frames') ? 1 : 0);
    for (const turn of [0, 1, 2])
      await Promise.all(roles.filter(([name]) => late(name) === turn).map(([, role]) => role.stop()));
    await this.client.close();
  }
}

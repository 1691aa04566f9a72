import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { akashganga, type Command, type Ended } from './processes/command.ts';
import { lookAtFilm } from './processes/look-at-film.ts';
import { makeRealScenes } from './processes/scenes.ts';
import { TestFolder } from './processes/test-folder.ts';
import { namesBelow, TestNetwork } from './processes/test-network.ts';

const run = promisify(execFile);
const blender = process.env.AKASHGANGA_BLENDER ?? 'blender';
const HOSTS = ['one', 'two'] as const;

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A scene whose files lie in many folders, most of them named by absolute paths. */
async function makeScatteredScene(): Promise<string> {
  const script = fileURLToPath(new URL('./scattered-scene.py', import.meta.url));
  const home = folder.join('home');
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', script, '--', home]);
  return folder.join('home', 'project', 'scenes', 'scattered.blend');
}

/** The digest of every picture, decoded: what is written beside the pixels (times, names) does not count. */
async function pixels(pictures: string): Promise<string[]> {
  const words = [
    '-v',
    'error',
    '-i',
    pictures,
    '-pix_fmt',
    'rgba',
    '-f',
    'framehash',
    '-hash',
    'sha256',
    '-',
  ];
  const { stdout } = await run('ffmpeg', words);
  return [...stdout.matchAll(/[0-9a-f]{64}/g)].map((match) => match[0]);
}

/** A farm whose workers have no Blender, no scene, no folder and no computer in common with it. */
class BareFarm {
  readonly #network: TestNetwork;
  readonly #roles: Command[] = [];

  constructor(network: TestNetwork) {
    this.#network = network;
  }

  async start(): Promise<void> {
    const address = ['--host', '0.0.0.0', '--address', TestNetwork.farmAddress];
    const manager = this.#keep(
      this.#network.onFarm(['manager', '--port', '7770', ...address, ...this.#data]),
    );
    await manager.event('ready');
    const frames = ['frames', '--port', '7771', ...address, '--json', '--data', folder.join('frames')];
    const join = ['--join', await this.#joinCode('frames')];
    await this.#keep(this.#network.onFarm([...frames, ...join])).event('ready');
    for (const host of HOSTS) {
      const code = await this.#joinCode('worker');
      const words = ['join', code, '--name', host, '--tag', host, '--slots', '1', '--data', `/data-${host}`];
      await this.#keep(this.#network.onBare(host, [...words, '--json'])).event('ready');
    }
  }

  get #data(): string[] {
    return ['--data', folder.join('farm'), '--json'];
  }

  #keep(command: Command): Command {
    this.#roles.push(command);
    return command;
  }

  async #joinCode(role: 'worker' | 'frames'): Promise<string> {
    return String((await this.command(['join-code', '--for', role])).last.code);
  }

  command(args: readonly string[]): Promise<Ended> {
    return this.#network.onFarm([...args, ...this.#data]).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of this.#roles.reverse()) await role.stop();
  }
}

test('workers whose disks hold neither Blender nor the scene render it as it is rendered at home', async () => {
  const scene = await makeScatteredScene();
  const small = await makeRealScenes(folder);
  await using network = await TestNetwork.make(folder, HOSTS);
  for (const host of HOSTS) {
    const names = await namesBelow(network.root(host));
    expect(names.filter((name) => /blender|\.blend|python/i.test(name))).toEqual([]);
    expect(await network.shell(host, 'command -v blender || echo none')).toBe('none\n');
  }
  await using farm = new BareFarm(network);
  await farm.start();

  const waiting = (await farm.command(['workers'])).lines;
  expect(waiting.map((worker) => (worker.problem as { code: string }).code)).toEqual([
    'machine.needs-build',
    'machine.needs-build',
  ]);
  const added = await farm.command(['blender', 'add', '--installed']);
  expect(added.last, added.stderr).toMatchObject({ event: 'blender-added', origin: 'installed' });

  // Every engine renders from what was handed out, and each worker has fetched it before the film is begun.
  const render = (file: string, name: string, more: readonly string[]) =>
    farm.command(['render', file, '--output', folder.join(`${name}.mkv`), ...more]);
  const engines = await Promise.all([
    render(small('cube'), 'workbench', ['--frames', '1', '--tag', 'one']),
    render(small('cube'), 'eevee', [
      '--frames',
      '1',
      '--tag',
      'two',
      '--engine',
      'BLENDER_EEVEE',
      '--samples',
      '1',
    ]),
  ]);
  for (const { last, stderr } of engines) expect(last, stderr).toMatchObject({ event: 'completed' });

  const away = folder.join('away');
  const film = await render(scene, 'film', ['--frames-dir', away, '--chunk', '1']);
  expect(film.last, film.stderr).toMatchObject({ event: 'completed', frames: 4 });
  expect(await lookAtFilm(folder.join('film.mkv'))).toMatchObject({ frames: 4, width: 96, height: 54 });

  const home = folder.join('at-home');
  await mkdir(home);
  await run(blender, ['-b', scene, '-o', `${home}/####`, '-F', 'PNG', '-a']);
  const expected = await pixels(`${home}/%04d.png`);
  expect(new Set(expected).size).toBe(4);
  expect(await pixels(`${away}/%04d.png`)).toEqual(expected);

  const filmAtHome = folder.join('at-home.mkv');
  const here = ['--json', '--data', folder.join('farm-at-home')];
  const local = await akashganga(['render', scene, '--output', filmAtHome, ...here]);
  expect(local.last, local.stderr).toMatchObject({ event: 'completed', frames: 4 });
  expect(await pixels(folder.join('film.mkv'))).toEqual(await pixels(filmAtHome));

  const workers = (await farm.command(['workers'])).lines;
  for (const worker of workers) expect(worker.framesDone, String(worker.name)).toBeGreaterThan(1);
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../packages/frames/src/ffmpeg/find-ffmpeg.ts';
import { akashganga, Command, type Ended, type Environment } from './processes/command.ts';
import { freePort } from './processes/free-port.ts';
import { lookAtFilm } from './processes/look-at-film.ts';
import { expectProblem } from './processes/problems.ts';
import { makeRealScenes, writeFakeScene } from './processes/scenes.ts';
import { fakeEnvironment, TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

const run = promisify(execFile);

let folder: TestFolder;
let real: (name: string) => string;
let scene: string;
const ffmpeg = findFfmpeg(process.env.PATH ?? '') ?? 'ffmpeg';
beforeAll(async () => {
  folder = await TestFolder.make();
  real = await makeRealScenes(folder);
  scene = await writeFakeScene(folder, { frameEnd: 3 });
});
afterAll(() => folder[Symbol.asyncDispose]());

/** A command on a computer that belongs to no farm. */
function alone(args: readonly string[], environment: Environment = {}): Promise<Ended> {
  const all = [...args, '--data', folder.join('alone'), '--json'];
  return akashganga(all, { ...fakeEnvironment(folder), ...environment }, folder.path);
}

describe('what is wrong is said before anything is started:', () => {
  const cut = async (name: string, bytes: number) => {
    const path = folder.join(`cut-${name}-${bytes}.blend`);
    await writeFile(path, await readFile(real(name)));
    await truncate(path, bytes);
    return path;
  };
  const file = async (name: string, content: string) => {
    await writeFile(folder.join(name), content);
    return folder.join(name);
  };

  test('a scene that is none', async () => {
    const program = await file('setup.blend', `MZ\x90${'\0'.repeat(100)}`);
    expectProblem(await alone(['render', program]), 2, 'scene.not-blend', [program, 'Windows program']);
    const empty = await file('empty.blend', '');
    expectProblem(await alone(['render', empty]), 2, 'scene.not-blend', [empty, 'empty']);
    const short = await file('short.blend', 'BLEND');
    expectProblem(await alone(['render', short]), 2, 'scene.not-blend', [short, '5 bytes']);
    expectProblem(await alone(['render', folder.path]), 2, 'scene.is-folder', [folder.path, '.blend']);
    const nowhere = folder.join('nowhere.blend');
    expectProblem(await alone(['render', nowhere]), 2, 'scene.not-found', [nowhere]);
    expectProblem(await alone(['submit', nowhere]), 2, 'scene.not-found', [nowhere]);
  });

  test('a scene that is cut short, compressed or not', async () => {
    for (const [name, bytes] of [
      ['cube', 40_000],
      ['cube', 80_000],
      ['empty-range', 200_000],
      ['empty-range', 13],
    ] as const) {
      const path = await cut(name, bytes);
      const ended = await alone(['render', path]);
      const code = bytes === 13 ? 'scene.not-blend' : 'scene.truncated';
      expectProblem(ended, 2, code, [path]);
    }
  });

  test.each(['5-', '1-100x0', 'a', '', '1,,3', '9-1', '1-2000000'])('the frames "%s"', async (spec) => {
    const ended = await alone(['render', scene, '--frames', spec]);
    expectProblem(ended, 2, 'frames.bad-spec', [`"${spec}"`, '1-250']);
  });

  test('a place for the film or the frames where nothing can be written', async () => {
    const disk = await folder.mountSmallDisk('read-only', 1);
    await run('mount', ['-o', 'remount,ro', disk]);
    const places: [string, string][] = [
      [folder.join('no/such/film.mp4'), 'no folder'],
      [`${scene}/film.mp4`, scene],
      ['/proc/film.mp4', '/proc'],
      [`${disk}/film.mp4`, 'read-only'],
    ];
    for (const [path, why] of places)
      expectProblem(await alone(['render', scene, '--output', path]), 2, 'output.not-writable', [path, why]);
    await mkdir(folder.join('film.mp4'));
    const taken = await alone(['render', scene, '--output', folder.join('film.mp4')]);
    expectProblem(taken, 2, 'output.not-writable', ['is a folder']);
    for (const place of ['/proc/frames', `${scene}/frames`, `${disk}/frames`]) {
      const ended = await alone(['render', scene, '--frames-dir', place]);
      expectProblem(ended, 2, 'output.not-writable', [place]);
    }
  });

  test('flags', async () => {
    const film = await alone(['render', scene, '--output', folder.join('film.xyz')]);
    expectProblem(film, 2, 'film.unknown-container', ['film.xyz', 'mp4', 'gif']);
    expectProblem(await alone(['render', scene, '--split', 'tiles']), 2, 'usage.not-yet', ['--split tiles']);
    expectProblem(await alone(['render', scene, '--split', 'x']), 2, 'usage.bad-flag', ['--split', '"x"']);
    expectProblem(await alone(['render', scene, '--blender', 'new']), 2, 'usage.bad-flag', [
      '--blender',
      'new',
    ]);
    for (const flags of [['--scale', 'big'], ['--priority', '101'], ['--fps', '0'], ['--no-such-flag']]) {
      const ended = await alone(['render', scene, ...flags]);
      expectProblem(ended, 2, 'usage.bad-flag', [String(flags[0])]);
    }
    expectProblem(await alone(['render']), 2, 'usage.bad-flag', ['scene']);
    expectProblem(await alone(['paint']), 2, 'usage.bad-flag', ['paint']);
  });

  test('a computer without Blender or ffmpeg', async () => {
    const nowhere = folder.join('no-blender');
    for (const command of [
      ['render', scene],
      ['up', '--port', '0'],
    ]) {
      const ended = await alone(command, { AKASHGANGA_BLENDER: nowhere });
      expectProblem(ended, 4, 'machine.no-blender', [nowhere, 'AKASHGANGA_BLENDER']);
    }
    const bare = async (name: string, program: string) => {
      await mkdir(folder.join(name));
      await symlink(program, folder.join(name, basename(program)));
      return { PATH: folder.join(name) };
    };
    const noBlender = { AKASHGANGA_BLENDER: undefined, ...(await bare('no-blender-path', ffmpeg)) };
    const without = await alone(['render', scene], noBlender);
    expectProblem(without, 4, 'machine.no-blender', ['apt-get install blender']);
    const silent = await alone(['render', scene], await bare('no-ffmpeg-path', process.execPath));
    expectProblem(silent, 4, 'machine.no-ffmpeg', ['apt-get install ffmpeg']);
    const other = await alone(['render', scene], { AKASHGANGA_FFMPEG: nowhere });
    expectProblem(other, 4, 'machine.no-ffmpeg', [nowhere, 'AKASHGANGA_FFMPEG']);
  });
});

describe('a farm that cannot be used:', () => {
  const servers: Server[] = [];
  const serve = async (type: string, body: string) => {
    const server = createServer((_, reply) => {
      reply.setHeader('content-type', type).end(body);
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterAll(() => {
    for (const server of servers) server.close();
  });

  test('none, nobody there, another program, another release', async () => {
    expectProblem(await alone(['jobs']), 3, 'farm.none', ['akashganga up', '--farm URL']);
    const closed = `http://127.0.0.1:${await freePort()}`;
    for (const command of [['jobs'], ['render', scene], ['submit', scene]]) {
      const ended = await alone([...command, '--farm', closed]);
      expectProblem(ended, 3, 'farm.unreachable', [closed, 'connection refused']);
    }
    const page = await serve('text/html', '<h1>It works</h1>');
    expectProblem(await alone(['jobs', '--farm', page]), 3, 'farm.not-a-farm', [page]);
    const health = { role: 'manager', farm: 'f', api: 2, version: '9.0.0', ready: true };
    const newer = await serve('application/json', JSON.stringify(health));
    expectProblem(await alone(['jobs', '--farm', newer]), 3, 'request.wrong-version', [
      '2',
      '1',
      'same release',
    ]);
    expectProblem(await alone(['jobs', '--farm', 'ftp://x']), 2, 'usage.bad-flag', ['--farm', 'ftp://x']);
    expectProblem(await alone(['join', 'hello']), 2, 'access.bad-join-code', ['akg2_']);
  });

  test('a wrong key is refused everywhere, and said', async () => {
    await using farm = await TestFarm.start(folder, { workers: 0 });
    const wrong = { AKASHGANGA_TOKEN: 'not-the-key-of-this-farm' };
    const at = (role: string) => [
      '--farm',
      farm.url,
      '--json',
      '--data',
      folder.join(`${role}-with-wrong-key`),
    ];
    const local = ['--host', '127.0.0.1', '--port', '0'];
    for (const command of [['jobs'], ['submit', scene], ['worker'], ['frames', ...local]]) {
      const ended = await akashganga([...command, ...at(String(command[0]))], {
        ...fakeEnvironment(folder),
        ...wrong,
      });
      expectProblem(ended, 3, 'access.wrong-key', ['akashganga up']);
      expect(ended.stdout + ended.stderr).not.toContain('not-the-key');
    }
  });

  test('ports and data folders that others use', async () => {
    await using farm = await TestFarm.start(folder, { workers: 1 });
    const port = String(farm.port);
    const local = ['--host', '127.0.0.1'];
    const taken = [port, '127.0.0.1'];
    expectProblem(await alone(['up', ...local, '--port', port]), 4, 'machine.port-in-use', [
      ...taken,
      '--port',
    ]);
    expectProblem(
      await alone(['up', ...local, '--port', '0', '--frames-port', port]),
      4,
      'machine.port-in-use',
      [...taken, '--frames-port'],
    );
    expectProblem(await alone(['manager', ...local, '--port', port]), 4, 'machine.port-in-use', [
      ...taken,
      '--port',
    ]);
    expectProblem(
      await alone(['monitor', ...local, '--farm', farm.url, '--port', port]),
      4,
      'machine.port-in-use',
      taken,
    );
    for (const [role, more] of [
      ['manager', [...local, '--port', '0']],
      ['frames', [...local, '--port', '0', '--farm', farm.url]],
      ['worker', ['--farm', farm.url]],
    ] as const) {
      const data = role === 'worker' ? farm.data('worker-1') : farm.data(role);
      const ended = await akashganga([role, ...more, '--data', data, '--json'], fakeEnvironment(folder));
      expectProblem(ended, 4, 'machine.data-in-use', [data, '--data']);
    }
    const up = await akashganga(
      ['up', ...local, '--port', '0', '--data', farm.data('manager'), '--json'],
      fakeEnvironment(folder),
    );
    expectProblem(up, 4, 'machine.data-in-use', [farm.data('manager'), '--data']);
    const bad = await akashganga(
      ['up', ...local, '--port', '0', '--data', `${scene}/data`, '--json'],
      fakeEnvironment(folder),
    );
    expectProblem(bad, 4, 'machine.data-not-writable', [`${scene}/data`, '--data']);
  });

  test('a PostgreSQL of one’s own that does not answer', async () => {
    const port = await freePort();
    const address = `postgres://someone:hidden-word@127.0.0.1:${port}/farm`;
    const manager = ['manager', '--host', '127.0.0.1', '--port', '0'];
    const ended = await alone(manager, { DATABASE_URL: address });
    expectProblem(ended, 4, 'machine.database-failed', [`127.0.0.1:${port}`, 'DATABASE_URL']);
    expect(ended.stdout + ended.stderr).not.toContain('hidden-word');
    expect(await readFile(folder.join('alone/logs/manager.log'), 'utf8')).not.toContain('hidden-word');
    const nonsense = await alone(manager, { DATABASE_URL: 'nonsense' });
    expectProblem(nonsense, 4, 'machine.database-failed', ['DATABASE_URL']);
  });
});

test('doctor looks at a computer that never had anything of a farm, and says which folder it cannot have', async () => {
  const doctor = (data: string) => akashganga(['doctor', '--data', data], {}, folder.path);
  const fresh = await doctor(folder.join('never/been/here'));
  expect(fresh.stdout).toMatch(/^✓ Data folder: .*never\/been\/here/m);
  expect(fresh.stdout).toMatch(/^✓ Sandbox: Blender/m);
  expect(fresh.code).toBe(0);
  const refused = await doctor(`${scene}/data`);
  expect(refused.stdout).toMatch(/^✗ Data folder: .*--data/m);
  expect(refused.stdout).toMatch(/^✗ Sandbox: not tried/m);
  expect(refused.code).toBe(4);
});

test('what only Blender knows of a scene is said too, and what mends it works', {
  timeout: 120_000,
}, async () => {
  await using farm = await TestFarm.start(folder, { environment: {}, workers: 1 });
  const film = folder.join('made.mp4');
  const render = (path: string, ...more: string[]) =>
    farm.command(['render', path, '--output', film, ...more]);
  expectProblem(await render(real('no-camera')), 1, 'scene.no-camera', ['"Scene"', 'Add a camera']);
  expectProblem(await render(real('empty-range')), 1, 'scene.no-frames', ['10', '5', '--frames']);
  const mended = await render(real('empty-range'), '--frames', '1-2');
  expect(mended).toMatchObject({ code: 0, last: { event: 'completed', frames: 2 } });
  const missing = await render(real('missing-image'));
  expectProblem(missing, 1, 'scene.missing-file', ['/nowhere/akashganga/missing.png', '--allow-missing']);
  expect(missing.last).not.toHaveProperty('job');
  const allowed = await render(real('missing-image'), '--allow-missing', '--frames', '1');
  expect(allowed).toMatchObject({ code: 0, last: { event: 'completed', frames: 1, film } });
  expect(await lookAtFilm(film)).toMatchObject({ frames: 1 });
  const movie = await render(real('movie-output'), '--frames', '1-3');
  expect(movie).toMatchObject({ code: 0, last: { frames: 3 } });
  expectProblem(await render(real('cube'), '--camera', 'Nope'), 1, 'scene.unknown-name', ['Nope', 'Camera']);
  expectProblem(await render(real('cube'), '--scene', 'Nope'), 1, 'scene.unknown-name', ['Nope', 'Scene']);
  expectProblem(await render(real('cube'), '--engine', 'NOPE'), 1, 'scene.unknown-engine', ['NOPE']);
  const newer = folder.join('newer.blend');
  const bytes = await readFile(real('empty-range'));
  bytes.write('v499', 8);
  await writeFile(newer, bytes);
  const refused = await render(newer, '--frames', '1');
  expectProblem(refused, 1, 'scene.newer-blender', ['4.99', '3.4.1', 'blender add']);
  const { last } = await farm.command(['job', String(refused.last.job)]);
  expect(last).toMatchObject({ state: 'failed', problem: { code: 'scene.newer-blender' } });
});

test('the key of the farm is in no log and in no output', async () => {
  const up = new Command(
    [
      'up',
      '--data',
      folder.join('secret'),
      '--host',
      '127.0.0.1',
      '--address',
      '127.0.0.1',
      '--json',
      '--port',
      '0',
      '--frames-port',
      '0',
    ],
    fakeEnvironment(folder),
  );
  await up.event('up');
  const key = (await readFile(folder.join('secret/key'), 'utf8')).trim();
  const path = await writeFakeScene(
    folder,
    { behaviour: 'crash', onFrames: [2], frameEnd: 3 },
    { name: 'crashing' },
  );
  const output = ['--output', folder.join('crashing.mp4')];
  const ended = await akashganga(['render', path, '--data', folder.join('secret'), '--json', ...output]);
  expect(ended.code).toBe(1);
  await akashganga(['logs', String(ended.last.job), '--data', folder.join('secret')]);
  const environment = (pid: number) => readFile(`/proc/${pid}/environ`, 'utf8');
  const commandLines = await folder.processes();
  for (const { pid, command } of commandLines) {
    expect(command).not.toContain(key);
    expect(await environment(pid)).not.toContain(key);
  }
  const stopped = await up.stop();
  expect(ended.stdout + ended.stderr + stopped.stderr).not.toContain(key);
  // The join line is meant to hold it, in the code; nothing else is.
  expect(stopped.stdout).not.toContain(key);
  const { stdout } = await run('grep', ['-rlF', key, dirname(folder.join('secret/key'))]).catch(() => ({
    stdout: '',
  }));
  expect(stdout.split('\n').filter(Boolean)).toEqual([folder.join('secret/key')]);
});

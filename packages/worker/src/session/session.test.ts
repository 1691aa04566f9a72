import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FarmError } from '@akashganga/protocol';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSession, type SessionOptions } from './open-session.ts';
import type { Session } from './session.ts';
import type { FrameProgress } from './session-words.ts';
import { MemoryGuard } from './watch/memory-guard.ts';

const fakeBlender = fileURLToPath(
  new URL('../../../../tests/fakes/fake-blender/fake-blender.mjs', import.meta.url),
);

let folder: string;
let sessions: Session[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-session-'));
  sessions = [];
});

afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  await rm(folder, { recursive: true, force: true });
});

async function open(scene: object, more: Partial<SessionOptions> = {}): Promise<Session> {
  const path = join(folder, 'scene.blend');
  await writeFile(path, `BLENDER-v304\n${JSON.stringify(scene)}`);
  const environment = { ...process.env, FAKE_BLENDER_STATE: join(folder, 'state') };
  const options = { blender: fakeBlender, scene: path, folder, trustScripts: false, environment, ...more };
  const session = await openSession(options);
  sessions.push(session);
  return session;
}

const output = (frame: number) => join(folder, String(frame).padStart(4, '0'));

async function problemOf(promise: Promise<unknown>): Promise<FarmError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FarmError);
  return error as FarmError;
}

function groupLives(pid: number | undefined): boolean {
  try {
    process.kill(-pid!, 0);
    return true;
  } catch {
    return false;
  }
}

test('one session renders many frames, each into its own file', async () => {
  const session = await open({ width: 64, height: 36 });
  const pictures = [];
  for (const frame of [3, 1, -2]) {
    const rendered = await session.render({ frame, output: output(frame) });
    expect(rendered.file).toBe(`${output(frame)}.png`);
    expect(rendered.log).toContain(`Saved: '${rendered.file}'`);
    pictures.push(await sharp(rendered.file).raw().toBuffer());
  }
  expect(pictures[0]).toHaveLength(64 * 36 * 3);
  expect(pictures[0]).not.toEqual(pictures[1]);
  expect(session.blender).toBe('3.4.1');
});

test('the description is of the scene with the settings applied', async () => {
  const session = await open({ frameStart: 5, frameEnd: 8, width: 101, height: 50 });
  const report = await session.describe({ scale: 50, engine: 'CYCLES' });
  expect(report).toMatchObject({ frameStart: 5, frameEnd: 8, width: 50, height: 25, engine: 'CYCLES' });
});

test('a description beyond all bounds is the fault of the scene', async () => {
  const session = await open({ width: 10_000_000 });
  const error = await problemOf(session.describe());
  expect(error.code).toBe('scene.unreadable');
  expect(error.says).toContain('width');
});

test('an unknown name is refused with the names there are, and the session goes on', async () => {
  const session = await open({});
  const error = await problemOf(session.describe({ camera: 'Kamera' }));
  expect(error.code).toBe('scene.unknown-name');
  expect(error.says).toContain('"Kamera"');
  expect(error.says).toContain('Camera');
  expect((await session.describe({})).camera).toBe('Camera');
  expect((await problemOf(session.describe({ engine: 'POVRAY' }))).code).toBe('scene.unknown-engine');
});

test('a scene without a camera is the fault of the scene, and the session goes on', async () => {
  const session = await open({ behaviour: 'no-camera', onFrames: [1] });
  const error = await problemOf(session.render({ frame: 1, output: output(1) }));
  expect(error.code).toBe('scene.no-camera');
  expect(session.isOpen).toBe(true);
  await session.render({ frame: 2, output: output(2) });
});

test('a crash in a frame says how and keeps the log', async () => {
  const session = await open({ behaviour: 'crash', onFrames: [2] });
  await session.render({ frame: 1, output: output(1) });
  const error = await problemOf(session.render({ frame: 2, output: output(2) }));
  expect(error.code).toBe('render.crashed');
  expect(error.says).toContain('SIGSEGV');
  expect((error.cause as Error).message).toContain('Fra:2');
  expect(session.frameLog).not.toContain('Fra:1 ');
  expect(session.isOpen).toBe(false);
  expect((await problemOf(session.render({ frame: 3, output: output(3) }))).code).toBe('render.crashed');
});

test('a process that dies of want of memory asks for a larger computer', async () => {
  const session = await open({ behaviour: 'memory' });
  const error = await problemOf(session.render({ frame: 1, output: output(1) }));
  expect(error.code).toBe('capacity.memory');
});

test('misbehaviour that was counted is over in the next process', async () => {
  const scene = { behaviour: 'crash', onFrames: [1], times: 1 };
  const first = await open(scene);
  await problemOf(first.render({ frame: 1, output: output(1) }));
  const second = await open(scene);
  await second.render({ frame: 1, output: output(1) });
});

test('a render without a word is killed', async () => {
  const session = await open({ behaviour: 'hang' }, { silenceLimitSeconds: 0.5 });
  const error = await problemOf(session.render({ frame: 7, output: output(7) }));
  expect(error.code).toBe('render.hung');
  expect(error.says).toContain('frame 7');
  expect(groupLives(session.pid)).toBe(false);
});

test('a render that computes or talks without getting further is killed too, and what it did is said', async () => {
  for (const [behaviour, how] of [
    ['spin', 'it computed without end'],
    ['chatter', 'without end'],
    ['hang', 'it did nothing at all'],
  ] as const) {
    const session = await open({ behaviour }, { silenceLimitSeconds: 0.6 });
    const error = await problemOf(session.render({ frame: 7, output: output(7) }));
    expect(error.code).toBe('render.hung');
    if (behaviour !== 'chatter') expect(error.says).toContain(how);
    expect(groupLives(session.pid)).toBe(false);
  }
});

test('a process that was killed from outside is said to be, and one that just ended too', async () => {
  const session = await open({ behaviour: 'hang' });
  const rendering = problemOf(session.render({ frame: 1, output: output(1) }));
  process.kill(session.pid!, 'SIGKILL');
  expect(await rendering).toMatchObject({ code: 'render.killed' });
  const leaving = await open({ behaviour: 'leave' });
  expect((await problemOf(leaving.render({ frame: 1, output: output(1) }))).code).toBe('render.ended');
});

test('the memory of Blender and of what it starts is known when a frame fails', async () => {
  const session = await open({ behaviour: 'hang' }, { silenceLimitSeconds: 0.6 });
  await problemOf(session.render({ frame: 1, output: output(1) }));
  expect(session.peakMemory).toBeGreaterThan(10e6);
});

test('when memory runs out the frame is stopped in time, with its own code', async () => {
  const room = { free: 2 ** 20, total: 2 ** 27, kills: 0 };
  const guard = new MemoryGuard({ readRoom: () => room });
  const session = await open({ behaviour: 'slow', secondsPerFrame: 1000 }, { guard });
  const error = await problemOf(session.render({ frame: 1, output: output(1) }));
  expect(error.code).toBe('capacity.memory');
  expect(error.says).toContain('were left');
  expect(groupLives(session.pid)).toBe(false);
});

test('a process the system killed for memory asks for more of it', async () => {
  const room = { free: 2 ** 40, total: 2 ** 41, kills: 1 };
  const guard = new MemoryGuard({ readRoom: () => ({ ...room }) });
  const session = await open({ behaviour: 'hang' }, { guard });
  const rendering = problemOf(session.render({ frame: 1, output: output(1) }));
  room.kills += 1;
  process.kill(session.pid!, 'SIGKILL');
  expect(await rendering).toMatchObject({ code: 'capacity.memory' });
});

test('a slow render that shows progress is left alone', async () => {
  const session = await open({ behaviour: 'slow', secondsPerFrame: 1.5 }, { silenceLimitSeconds: 0.8 });
  const told: FrameProgress[] = [];
  await session.render({ frame: 1, output: output(1), onProgress: (progress) => told.push(progress) });
  const fractions = told.map((progress) => progress.fraction);
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
});

test('a frame that was reported but not written is not a frame', async () => {
  const session = await open({ behaviour: 'nothing' });
  const error = await problemOf(session.render({ frame: 1, output: output(1) }));
  expect(error.code).toBe('render.no-file');
});

test('a link in the place of the frame is not delivered', async () => {
  const session = await open({ behaviour: 'nothing' });
  const secret = join(folder, 'secret');
  await writeFile(secret, 'the key of the house');
  await symlink(secret, `${output(1)}.png`);
  expect((await problemOf(session.render({ frame: 1, output: output(1) }))).code).toBe('render.no-file');
});

test('a picture that is cut short or of another size than expected does not leave the worker', async () => {
  const picture = { width: 64, height: 36, extension: '.png' };
  const half = await open({ behaviour: 'half' });
  expect((await problemOf(half.render({ frame: 1, output: output(1) }))).code).toBe('render.bad-file');
  const liar = await open({ behaviour: 'lie-size', width: 64, height: 36 });
  const refused = liar.render({ frame: 2, output: output(2), expect: picture });
  expect((await problemOf(refused)).says).toContain('65x36 pixels, not 64x36');
  expect(liar.isOpen).toBe(true);
});

test('nonsense on the pipes is skipped', async () => {
  const session = await open({ behaviour: 'garbage' });
  const { file } = await session.render({ frame: 1, output: output(1) });
  expect((await readFile(file)).subarray(1, 4).toString()).toBe('PNG');
});

test('an abort kills the process at once and rejects with its reason', async () => {
  const session = await open({ behaviour: 'slow', secondsPerFrame: 30 });
  const controller = new AbortController();
  const reason = new Error('the job was canceled');
  const rendering = session.render({ frame: 1, output: output(1), signal: controller.signal });
  const began = performance.now();
  controller.abort(reason);
  await expect(rendering).rejects.toBe(reason);
  expect(performance.now() - began).toBeLessThan(1000);
  expect(groupLives(session.pid)).toBe(false);
  expect(session.isOpen).toBe(false);
});

test('the signal of the session ends it between frames too', async () => {
  const controller = new AbortController();
  const session = await open({}, { signal: controller.signal });
  controller.abort();
  expect(session.isOpen).toBe(false);
  await expect(session.render({ frame: 1, output: output(1) })).rejects.toThrow('abort');
});

test('closing ends a render that is under way, and may be repeated', async () => {
  const session = await open({ behaviour: 'slow', secondsPerFrame: 30 });
  const rendering = session.render({ frame: 1, output: output(1) });
  const rejected = expect(rendering).rejects.toThrow('closed');
  await session.close();
  await rejected;
  await session.close();
  expect(groupLives(session.pid)).toBe(false);
});

test('what is no .blend is the fault of the scene', async () => {
  const path = join(folder, 'letter.blend');
  await writeFile(path, 'Dear farm,');
  const error = await problemOf(open({}, { scene: path }));
  expect(error.code).toBe('scene.unreadable');
});

test('a computer without Blender is told to get one', async () => {
  const error = await problemOf(open({}, { blender: join(folder, 'no-blender') }));
  expect(error.code).toBe('machine.no-blender');
});

test('a program that is no Blender is not waited for', async () => {
  const error = await problemOf(open({}, { blender: '/bin/false' }));
  expect(error.code).toBe('machine.blender-failed');
  expect(error.says).toContain('exit code 1');
});

test('a sandbox may take the command and make its own of it', async () => {
  const session = await open(
    {},
    {
      enclosure: {
        signal: new AbortController().signal,
        wrap: (command) => ({ ...command, file: '/usr/bin/env', args: [command.file, ...command.args] }),
        started: () => {},
        failureOf: () => null,
      },
    },
  );
  await mkdir(join(folder, 'out'));
  await session.render({ frame: 1, output: join(folder, 'out', '1') });
});

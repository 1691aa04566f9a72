import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openSandbox,
  type Sandbox,
  type SandboxMode,
  takeFile,
} from '../../packages/worker/src/sandbox/index.ts';
import { findBlender } from '../../packages/worker/src/session/index.ts';
import { openEnclosed } from '../../packages/worker/src/slots/enclosed-session.ts';
import { Targets } from './targets.ts';

// Scenes that mean harm, in real sandboxed sessions, looked at from outside. They need root, as CI has it: then there is
// more to lose, and the user that a scene runs as is part of what is tested.
let targets: Targets;
let blender: string;
let count = 0;

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  targets = await Targets.make(blender);
});

afterAll(() => targets[Symbol.asyncDispose]());

const bounds = { memory: 700e6, disk: 400e6, files: 2000, processes: 300 };

async function sandboxOf(mode: SandboxMode, path = process.env.PATH ?? ''): Promise<Sandbox> {
  count += 1;
  const folder = join(targets.data, `worker-${count}`);
  return openSandbox({ mode, folder, path, bounds, memory: 2e9, read: [], write: [] });
}

interface Seen {
  /** `rendered`, or the code of what ended it. */
  readonly outcome: string;
  readonly log: string;
  /** The frame, taken out as the worker takes it. */
  readonly frame: string | null;
}

async function play(sandbox: Sandbox, scene: string, trustScripts: boolean): Promise<Seen> {
  count += 1;
  const taken = join(targets.data, `taken-${count}.png`);
  let log = '';
  try {
    const { session, frames, close } = await openEnclosed({
      ...{ sandbox, slot: 3, number: count, slotFolder: join(targets.data, `slot-${count}`), blender },
      ...{ scene: join(targets.scenes, `${scene}.blend`), entry: `${scene}.blend`, buildEntry: null },
      ...{ trustScripts, environment: process.env, threads: 1, silenceLimitSeconds: 12, release: () => {} },
    });
    try {
      const { file } = await session.render({ frame: 2, output: join(frames, '0002') });
      await takeFile(file, taken, 2);
      return { outcome: 'rendered', log: session.log, frame: taken };
    } finally {
      log = session.log;
      await close();
    }
  } catch (error) {
    if (!(error instanceof FarmError)) throw error;
    const cause = error.cause instanceof Error ? error.cause.message : '';
    return { outcome: error.code, log: `${log}\n${cause}\n${error.says}`, frame: null };
  }
}

async function expectNoHarm(seen: Seen): Promise<void> {
  expect(seen.log.split('\n').filter((line) => line.includes('BREACH'))).toEqual([]);
  expect(seen.log).not.toContain(targets.secret);
  expect(seen.log).not.toContain('root:x:0');
  expect(await targets.damage()).toEqual([]);
  await expect.poll(() => targets.left()).toEqual([]);
  if (seen.frame === null) return;
  const { format, width, height } = await sharp(seen.frame).metadata();
  expect({ format, width, height }).toEqual({ format: 'png', width: 32, height: 18 });
}

/** The scene, and what may come of it when its scripts are trusted. */
const trusted: [scene: string, outcomes: string[]][] = [
  ['load', ['rendered']],
  ['handler', ['rendered']],
  ['driver', ['rendered']],
  ['freestyle', ['rendered']],
  ['osl', ['rendered']],
  ['background', ['rendered']],
  ['killer', ['rendered']],
  ['liar', ['rendered', 'render.no-file']],
  ['babbler', ['rendered', 'render.hung']],
  ['links', ['rendered', 'render.no-file']],
  ['forks', ['render.hung', 'capacity.memory']],
  ['disk', ['scene.takes-too-much']],
  ['hidden-disk', ['scene.takes-too-much']],
  ['endless-file', ['scene.takes-too-much']],
  ['far-file', ['render.too-large']],
  ['far-file-signal', ['render.too-large']],
  ['far-file-opening', ['render.too-large']],
  ['files', ['scene.takes-too-much']],
  ['memory', ['capacity.memory']],
  ['paths', ['rendered']],
  ['passwd', ['rendered']],
  ['bomb', ['scene.unreadable', 'capacity.memory']],
];

const triesEverything = ['load', 'handler', 'driver', 'freestyle'];

describe('in bubblewrap', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await sandboxOf('require');
  });
  afterAll(() => sandbox.close());

  test('it is bubblewrap, with a user of its own and control groups', () => {
    expect(sandbox.report).toMatchObject({ kind: 'bubblewrap', closed: true });
    expect(sandbox.report.says).toContain('user of its own');
  });

  test.each(trusted)('%s with its scripts on reaches nothing outside', async (scene, outcomes) => {
    const seen = await play(sandbox, scene, true);
    expect(outcomes, seen.log.slice(-2000)).toContain(seen.outcome);
    if (triesEverything.includes(scene)) expect(seen.log).toContain('TRIED EVERYTHING');
    await expectNoHarm(seen);
  });

  test.each(['load', 'handler', 'driver', 'memory', 'forks'])(
    '%s with its scripts off does not run',
    async (scene) => {
      const seen = await play(sandbox, scene, false);
      expect(seen.outcome, seen.log.slice(-2000)).toBe('rendered');
      expect(seen.log).not.toContain('TRIED');
      await expectNoHarm(seen);
    },
  );

  test('a Freestyle style module runs although scripts are off, and reaches nothing outside', async () => {
    const seen = await play(sandbox, 'freestyle', false);
    expect(seen.log).toContain('TRIED EVERYTHING');
    await expectNoHarm(seen);
  });

  test('a picture from outside is not in the frame', async () => {
    const seen = await play(sandbox, 'picture', false);
    await expectNoHarm(seen);
    expect(await isRed(seen)).toBe(false);
  });

  test('no session has left a folder, a group or a place behind', async () => {
    const folders = (await readdir(targets.data, { recursive: true })).filter((name) =>
      /(session|frames|rooms)[-/]/.test(name),
    );
    expect(folders).toEqual([]);
    const groups = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []);
    expect(groups.filter((name) => /akashganga-[0-9a-f]{12}\/3-/.test(name))).toEqual([]);
  });
});

test('with the sandbox off the picture is in the frame: so the tests above can fail', async () => {
  await using sandbox = await sandboxOf('off');
  expect(sandbox.report).toMatchObject({ kind: 'none', closed: false });
  expect(await isRed(await play(sandbox, 'picture', false))).toBe(true);
});

describe('without bubblewrap', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const programs = join(targets.data, 'programs');
    await mkdir(programs);
    for (const name of ['unshare', 'setpriv']) await symlink(`/usr/bin/${name}`, join(programs, name));
    sandbox = await sandboxOf('require', programs);
  });
  afterAll(() => sandbox.close());

  test.each(['load', 'freestyle', 'background', 'forks'])(
    '%s reaches nothing outside either',
    async (scene) => {
      expect(sandbox.report).toMatchObject({ kind: 'unshare', closed: true });
      const seen = await play(sandbox, scene, true);
      const outcomes = scene === 'forks' ? ['render.hung', 'capacity.memory'] : ['rendered'];
      expect(outcomes, seen.log.slice(-2000)).toContain(seen.outcome);
      await expectNoHarm(seen);
    },
  );
});

async function isRed(seen: Seen): Promise<boolean> {
  expect(seen.outcome, seen.log.slice(-2000)).toBe('rendered');
  const [red = 0, green = 0, blue = 0] = await sharp(await readFile(seen.frame ?? ''))
    .extract({ left: 16, top: 9, width: 1, height: 1 })
    .removeAlpha()
    .raw()
    .toBuffer();
  return red > 150 && green < 80 && blue < 80;
}

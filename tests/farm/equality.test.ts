import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findBlender,
  openSession,
  openWaiting,
  type Session,
} from '../../packages/worker/src/session/index.ts';

// The promise that it does not matter where, in which session and after what a frame is rendered: for each kind of
// scene, what a session makes is compared with what one `blender -a` makes of the whole range, pixel by pixel.
const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const frames = [1, 2, 3, 4, 5, 6];
/** EEVEE without a graphics card takes seconds a frame; of these, fewer are rendered. */
const slow = ['eevee_volume', 'eevee_changes', 'pencil', 'freestyle'];
let blender: string;
let folder: string;
let made = 0;

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await mkdtemp(join(tmpdir(), 'akashganga-equality-'));
  for (const maker of ['./equality-scenes.py', '../../examples/make-small-scenes.py'])
    await run(blender, [
      '-b',
      '--factory-startup',
      '--python-exit-code',
      '7',
      '-P',
      here(maker),
      '--',
      folder,
    ]);
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(file: string): Promise<Session> {
  const own = await mkdtemp(join(folder, 'session-'));
  const environment = process.env;
  return openSession({ ...{ blender, scene: file, folder: own, trustScripts: false, environment } });
}

/** In a Blender that was started before there was a scene for it. */
async function openInWaiting(file: string): Promise<Session> {
  const own = await mkdtemp(join(folder, 'session-'));
  const session = await openWaiting({ blender, folder: own, environment: process.env });
  await session.open(file, { isAllowed: () => false, signal: new AbortController().signal });
  return session;
}

async function pixels(file: string): Promise<Buffer> {
  return sharp(file).raw().toBuffer();
}

const still = `import bpy
scene = bpy.context.scene
path = scene.render.filepath
for frame in range(scene.frame_start, scene.frame_end + 1):
    scene.frame_current = frame
    scene.render.filepath = "%s%04d.png" % (path, frame)
    bpy.ops.render.render(write_still=True)`;

/**
 * All frames as one plain Blender makes them: with `-a`, or as stills, one after the other. With `-a` Blender 3.4 leaves
 * rigid and soft bodies that are not baked where they were on the first frame; as stills they move as in the viewport.
 */
async function plain(
  file: string,
  how: 'animation' | 'stills' = 'animation',
  count = frames.length,
): Promise<Map<number, Buffer>> {
  const into = await mkdtemp(join(folder, 'plain-'));
  const scene = ['-b', '--factory-startup', '--disable-autoexec', file, '-F', 'PNG'];
  const asStills = ['-o', `${into}/`, '--python-exit-code', '7', '--python-expr', still];
  const rest = how === 'stills' ? asStills : ['-o', join(into, '####'), '-a'];
  await run(blender, [...scene, ...rest], { maxBuffer: 64 * 1024 * 1024 });
  const names = (await readdir(into)).sort();
  expect(names).toHaveLength(count);
  return new Map(
    await Promise.all(
      names.map(async (name) => [Number.parseInt(name, 10), await pixels(join(into, name))] as const),
    ),
  );
}

/** Renders in this order; the numbers of frames that are not as they should be. */
async function different(
  session: Session,
  wanted: readonly number[],
  right: ReadonlyMap<number, Buffer>,
  order: 'any' | 'sequence' = 'any',
): Promise<number[]> {
  const wrong: number[] = [];
  for (const frame of wanted) {
    made += 1;
    const { file } = await session.render({ frame, output: join(folder, `picture-${made}`), order });
    if (!(await pixels(file)).equals(right.get(frame)!)) wrong.push(frame);
  }
  return wrong;
}

/** A session that is killed in the middle of a frame. */
async function cancel(file: string): Promise<void> {
  const session = await open(file);
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error('enough'));
  const output = join(folder, 'canceled');
  await expect(session.render({ frame: 3, output, signal: stop.signal, onProgress })).rejects.toThrow(
    'enough',
  );
}

test.each([
  'shapes_and_blur',
  'volume',
  'eevee_volume',
  'eevee_changes',
  'workbench_changes',
  'persistent',
  'hair',
  'pencil',
  'freestyle',
  'seeds',
  'cloth_baked',
  'rigid_baked',
])('%s: in order, backwards, at random, after a cancel and spread over sessions', async (name) => {
  const file = join(folder, `${name}.any.blend`);
  const right = await plain(file);
  await using session = await openInWaiting(file);
  expect(await session.describe()).toMatchObject({ order: 'any', orderReasons: [] });
  const isSlow = slow.includes(name);
  // In order EEVEE is quick, for it keeps what it draws from; going back begins anew.
  expect(await different(session, frames, right)).toEqual([]);
  expect(await different(session, [2, 3, 6], right)).toEqual([]);
  expect(await different(session, isSlow ? [5] : [6, 5, 4, 3, 2, 1], right)).toEqual([]);
  expect(await different(session, isSlow ? [2] : [3, 1, 6, 3, 2, 5, 4], right)).toEqual([]);
  await cancel(file);
  await using second = await open(file);
  expect(await different(second, isSlow ? [4] : [4, 2], right)).toEqual([]);
});

test.each(['cloth', 'rigid', 'soft', 'particles', 'paint'])(
  '%s is made from the frames before: sessions step through those, and get what one Blender gets',
  async (name) => {
    const file = join(folder, `${name}.sequence.blend`);
    const right = await plain(file, 'stills');
    await using session = await openInWaiting(file);
    const { order, orderReasons } = await session.describe();
    expect({ order, reasons: orderReasons.length }).toEqual({ order: 'sequence', reasons: 1 });
    expect(await different(session, frames, right, 'sequence')).toEqual([]);
    await cancel(file);
    await using second = await open(file);
    expect(await different(second, [4, 6], right, 'sequence')).toEqual([]);
  },
);

test('stepping is what makes it right: a cloth that is jumped into hangs elsewhere', async () => {
  const file = join(folder, 'cloth.sequence.blend');
  const right = await plain(file);
  await using session = await open(file);
  expect(await different(session, [6], right, 'any')).toEqual([6]);
});

test.each([
  ['cube', 10],
  ['cycles', 6],
  ['odd', 5],
])('%s of the small examples: in order, backwards, at random and after a cancel', async (name, count) => {
  const file = join(folder, `${name}.blend`);
  const right = await plain(file, 'animation', count);
  const inOrder = [...right.keys()];
  await using session = await openInWaiting(file);
  expect(await different(session, inOrder, right)).toEqual([]);
  expect(await different(session, inOrder.toReversed(), right)).toEqual([]);
  expect(await different(session, [3, 1, 5, 3, 2, 4], right)).toEqual([]);
  await cancel(file);
  await using second = await open(file);
  expect(await different(second, [4, 2], right)).toEqual([]);
});

test('the galaxy of the examples is the same from one session and from several', async () => {
  const file = here('../../examples/galaxy.blend');
  const settings = { scale: 10, samples: 2 };
  const right = new Map<number, Buffer>();
  for (const frame of [1, 24, 48]) {
    await using alone = await open(file);
    await alone.apply(settings);
    const { file: picture } = await alone.render({ frame, output: join(folder, `alone-${frame}`) });
    right.set(frame, await pixels(picture));
  }
  await using session = await openInWaiting(file);
  await session.apply(settings);
  expect(await different(session, [48, 1, 24, 48], right)).toEqual([]);
});

test('wishes of one job are not left behind for the next', async () => {
  const file = join(folder, 'shapes_and_blur.any.blend');
  const right = await plain(file);
  await using session = await open(file);
  await session.apply({ engine: 'BLENDER_WORKBENCH', scale: 50, threads: 1 });
  const { file: other } = await session.render({ frame: 2, output: join(folder, 'other') });
  expect((await sharp(other).metadata()).width).toBe(32);
  await session.apply({ samples: 1 });
  expect(await different(session, [2], right)).toEqual([2]);
  await session.apply({});
  expect(await different(session, [2, 5], right)).toEqual([]);
});

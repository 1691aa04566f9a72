import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FarmError, OutputName, type ProbeReport, promisedPixels } from '@akashganga/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findBlender,
  openSession,
  type RenderedFrame,
  type SceneSettings,
  type Session,
} from '../../packages/worker/src/session/index.ts';
import { TestFarm } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';

// With real Blender: AKASHGANGA_BLENDER, or the one on PATH. Also tried by hand with the bpy modules 4.2, 4.5 and 5.0.
const run = promisify(execFile);
let blender: string;
let folder: TestFolder;

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await TestFolder.make();
  await mkdir(folder.join('scenes'));
  const script = fileURLToPath(new URL('./output-scenes.py', import.meta.url));
  const args = ['-b', '--factory-startup', '--python-exit-code', '7', '-P', script, '--'];
  await run(blender, [...args, folder.join('scenes')]);
});
afterAll(() => folder[Symbol.asyncDispose]());

const scene = (name: string) => folder.join('scenes', `${name}.blend`);

async function open(name: string, more: { trust?: boolean; hangSeconds?: number } = {}): Promise<Session> {
  const own = folder.join(`session-${name}`);
  await mkdir(own, { recursive: true });
  return openSession({
    ...{ blender, scene: scene(name), folder: own, environment: process.env },
    ...{ trustScripts: more.trust ?? false, silenceLimitSeconds: more.hangSeconds },
  });
}

interface Rendered extends RenderedFrame {
  readonly report: ProbeReport;
  /** The folder of the frame, as its files are in it. */
  readonly files: string[];
}

/** Describes the scene and renders two of its frames; what comes back is of the second. */
async function render(name: string, settings: SceneSettings = {}): Promise<Rendered> {
  await using session = await open(name);
  const report = await session.describe(settings);
  const { width, height, extension } = report;
  const expect = { width, height, extension, ...promisedPixels(report) };
  const place = folder.join(`${name} {of} frames`);
  await mkdir(place, { recursive: true });
  await session.render({ frame: 1, output: join(place, '0001'), expect });
  const rendered = await session.render({ frame: 2, output: join(place, '0002'), expect });
  return { ...rendered, report, files: (await readdir(place)).sort() };
}

const namesOf = ({ extras }: RenderedFrame) => extras.map(({ name }) => name);
const pixels = (file: string) => sharp(file).raw().toBuffer();

test('two eyes are two files, one of them beside the frame', async () => {
  const rendered = await render('stereo-files');
  expect(rendered.report.outputs).toEqual([{ name: 'right', extension: '.png' }]);
  expect(namesOf(rendered)).toEqual(['right']);
  const [left, right] = [await pixels(rendered.file), await pixels(rendered.extras[0]?.file ?? '')];
  expect(left.length).toBe(right.length);
  expect(left.equals(right)).toBe(false);
});

test('two eyes side by side are one picture of twice the width', async () => {
  const rendered = await render('stereo-picture');
  expect(rendered.report.width).toBe(96);
  expect(await sharp(rendered.file).metadata()).toMatchObject({ width: 96, height: 32 });
  expect(rendered.extras).toEqual([]);
});

test('an OpenEXR holds both eyes, and another all view layers', async () => {
  const eyes = await readFile((await render('stereo-exr')).file);
  expect(eyes.includes('multiView')).toBe(true);
  const layers = await readFile((await render('layers-exr')).file);
  for (const layer of ['ViewLayer.Combined.R', 'Second.Combined.R'])
    expect(layers.includes(layer)).toBe(true);
  const flat = await render('layers-png');
  expect(flat.report).toMatchObject({ colorMode: 'RGBA', colorDepth: '16' });
  expect(await sharp(flat.file).metadata()).toMatchObject({ channels: 4, depth: 'ushort' });
});

test('each slot of a File Output node is a picture, a node that writes layers is one, and one that is off none', async () => {
  const rendered = await render('nodes');
  const names = ['Passes/Mist', 'Passes/frame_ Ägypten', 'Layers'];
  expect(rendered.report.outputs.map(({ name }) => name)).toEqual(names);
  expect(namesOf(rendered)).toEqual(names);
  expect(rendered.extras.map(({ file }) => file.split('.').pop())).toEqual(['png', 'png', 'exr']);
  expect(existsSync(folder.join('scenes', 'strays'))).toBe(false);
  expect(rendered.files).toHaveLength(8);
});

test('nodes and views that would write elsewhere write into the frame’s folder, under names that are safe anywhere', async () => {
  const [nodes, views] = [await render('hostile-nodes'), await render('hostile-views')];
  expect(nodes.extras).toHaveLength(9);
  for (const { name } of [...nodes.extras, ...views.extras, ...nodes.report.outputs])
    expect(OutputName.safeParse(name)).toMatchObject({ success: true });
  expect(new Set(namesOf(nodes).map((name) => name.toLowerCase())).size).toBe(9);
  expect(namesOf(views)).toEqual(['right']);
  expect([nodes.files.length, views.files.length]).toEqual([20, 4]);
  expect(existsSync('/tmp/akashganga-absolute')).toBe(false);
  const strays = (await readdir(folder.path, { recursive: true })).filter((path) =>
    /up\.png|climbs|evil/.test(path),
  );
  expect(strays).toEqual([]);
});

test('movies become pictures; rate, container, codec and sound are remembered', async () => {
  const movies = (await readdir(folder.join('scenes'))).filter((name) => /^movie-.*\.blend$/.test(name));
  expect(movies.length).toBeGreaterThan(0);
  for (const movie of movies) {
    const { report, file } = await render(movie.replace('.blend', ''));
    expect(report).toMatchObject({ isMovie: true, extension: '.png', colorMode: 'RGB', fps: 30 });
    expect(report.fpsBase).toBeCloseTo(1.001, 5);
    if (movie === 'movie-ffmpeg.blend')
      expect(report.movie).toEqual({ format: 'FFMPEG', container: 'MKV', codec: 'H264', audioCodec: 'FLAC' });
    expect((await sharp(file).metadata()).format).toBe('png');
  }
});

/** What the scene's own script saw when the frame was rendered. */
async function wishesIn(session: Session, settings: SceneSettings, frame = 1): Promise<unknown[]> {
  await session.apply(settings);
  const { log } = await session.render({ frame, output: folder.join(`wish-${frame}`) });
  return JSON.parse(/^WISHES (.*)$/m.exec(log)?.[1] ?? 'null') as unknown[];
}

test('what a job changes in a scene is put back before the next', async () => {
  await using session = await open('wishes', { trust: true });
  const markers = ['Camera 1', 'Camera 3'];
  const own: unknown[] = [
    'Scene',
    'Camera 1',
    markers,
    ['ViewLayer'],
    'CYCLES',
    3,
    'CPU',
    50,
    null,
    'PNG',
    'RGBA',
    '8',
  ];
  const changed = (at: number, value: unknown) => own.with(at, value);
  expect(await wishesIn(session, {})).toEqual(own);
  const chosen: [SceneSettings, unknown[]][] = [
    [{ scene: 'Other' }, changed(0, 'Other')],
    [{ camera: 'Camera 3' }, changed(1, 'Camera 3').with(2, [null, null])],
    [{ viewLayer: 'Second' }, changed(3, ['Second'])],
    [{ engine: 'BLENDER_WORKBENCH' }, changed(4, 'BLENDER_WORKBENCH').with(5, null).with(6, 'GPU')],
    [{ samples: 2 }, changed(5, 2)],
    [{ scale: 25 }, changed(7, 25)],
    [{ threads: 1 }, changed(8, 1)],
    [{ format: 'exr' }, changed(9, 'OPEN_EXR').with(11, '16')],
    [{ format: 'png16' }, changed(11, '16')],
    [{ format: 'jpeg' }, changed(9, 'JPEG').with(10, 'RGB')],
    [{ format: 'exr-layers' }, changed(9, 'OPEN_EXR_MULTILAYER').with(11, '16')],
  ];
  for (const [settings, seen] of chosen) expect(await wishesIn(session, settings)).toEqual(seen);
  const all = {
    scene: 'Other',
    viewLayer: 'Second',
    samples: 1,
    scale: 20,
    threads: 2,
    format: 'tiff',
  } as const;
  const device = { kind: 'CUDA', id: 'CUDA_Gone', name: 'Gone' } as const;
  const allSeen = ['Other', 'Camera 1', markers, ['Second'], 'CYCLES', 1, 'CPU', 20, 2, 'TIFF', 'RGBA', '8'];
  expect(await wishesIn(session, all)).toEqual(allSeen);
  // A refusal in the middle leaves nothing behind either.
  await expect(session.apply({ ...all, device })).rejects.toMatchObject({ code: 'machine.gpu-failed' });
  await expect(session.apply({ ...all, camera: 'Nobody' })).rejects.toMatchObject({
    code: 'scene.unknown-name',
  });
  expect(await wishesIn(session, {})).toEqual(own);
  // Its own cameras are on markers, the last one before a frame counts.
  expect((await wishesIn(session, {}, 3)).slice(0, 2)).toEqual(['Scene', 'Camera 3']);
  const report = await session.describe({});
  expect(report).toMatchObject({ device: 'GPU', width: 24, height: 16, format: 'PNG' });
  expect(report.warnings.join()).toContain('--device gpu');
});

test('nodes of an add-on that is not there are named before anything renders', async () => {
  await using session = await open('addon-nodes');
  expect((await session.describe()).warnings).toEqual([
    'Nodes of an add-on that this Blender does not have do nothing: Dragon scales in Material.',
  ]);
});

test('stepping through many frames before the wanted one is no hang', async () => {
  await using session = await open('slow-steps', { trust: true, hangSeconds: 3 });
  expect((await session.describe()).order).toBe('sequence');
  // Each step takes a tenth of a second and more: far longer in all than a frame may show nothing.
  const { file } = await session.render({ frame: 50, output: folder.join('0050'), order: 'sequence' });
  expect(existsSync(file)).toBe(true);
});

test('--verify finds a frame that differs when it is rendered alone, and passes one that does not', async () => {
  const environment = { AKASHGANGA_BLENDER: blender };
  await using farm = await TestFarm.start(folder, { environment, workers: 1 });
  const trusted = ['--trust-scripts', '--history', 'any', '--frames', '1-2', '--verify', '1'];
  const chance = await farm.submit(scene('chance'), trusted);
  const differing = await farm.ended(chance, 120);
  expect(differing).toMatchObject({ state: 'failed', problem: { code: 'render.differs' } });
  expect(differing.problem?.says).toMatch(/^Frame [12] differs .* \(by up to (0\.\d+|1\.00) of full white\)/);
  const same = await farm.submit(scene('layers-png'), [
    '--frames',
    '1-2',
    '--verify',
    '2',
    '--picture',
    'jpeg',
  ]);
  expect(await farm.ended(same, 120)).toMatchObject({ state: 'completed', probe: { extension: '.jpg' } });
});

test('a job that asks for another format gets it, also of a scene that writes a movie', async () => {
  const { report, file } = await render('movie-ffmpeg', { format: 'exr' });
  expect(report).toMatchObject({ isMovie: true, format: 'FFMPEG', extension: '.exr', colorDepth: '16' });
  expect((await readFile(file)).readUInt32LE(0)).toBe(20_000_630);
  await expect(open('nothing')).rejects.toBeInstanceOf(FarmError);
});

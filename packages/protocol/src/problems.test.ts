import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  exitCode,
  isProblemCode,
  type ProblemClass,
  type ProblemCode,
  type ProblemDetails,
  problemClass,
  problems,
} from './problems.ts';

const codes = Object.keys(problems) as ProblemCode[];
const guide = readFileSync(new URL('../../../docs/guide/troubleshoot.md', import.meta.url), 'utf8');
const sections = guide
  .split(/^## /m)
  .slice(1)
  .map((section) => ({ heading: section.split('\n', 1)[0] ?? '', text: section.split('\n').slice(1) }));

// Every detail there could be, as a word that a sentence may begin with.
const anyDetails = new Proxy({}, { get: () => 'Word' }) as ProblemDetails;

/** The class in the table, or null: such a code does not end an attempt at a frame. */
function declaredClass(code: ProblemCode): ProblemClass | null {
  const row: { readonly class?: ProblemClass } = problems[code];
  return row.class ?? null;
}

test('the guide has one heading for each code and none besides', () => {
  expect(sections.map((section) => section.heading).sort()).toEqual([...codes].sort());
});

test.each(sections.map(({ heading, text }) => [heading, text] as const))(
  'the guide says something about %s',
  (_, text) => {
    expect(text.filter((line) => line.trim() !== '').length).toBeGreaterThanOrEqual(2);
  },
);

test.each(codes)('%s can be said without any details', (code) => {
  expect(() => problems[code].says({})).not.toThrow();
});

test.each(codes)('%s is said in whole sentences', (code) => {
  const says = problems[code].says(anyDetails);
  expect(says).toMatch(/^[A-Z`]/);
  expect(says).toMatch(/[.?!]$/);
  expect(says).not.toMatch(/undefined|null|\[object|\s{2}|\.\.|\n/);
});

test.each(codes)('%s has a name, a status and an exit code that programs can rely on', (code) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
  expect(problems[code].status).toBeGreaterThanOrEqual(400);
  expect(problems[code].status).toBeLessThan(600);
  expect([1, 2, 3, 4]).toContain(exitCode(code));
});

test('whoever may try again is told so in agreement with the class', () => {
  const allowed: Record<ProblemClass, readonly string[]> = {
    scene: ['never'],
    machine: ['elsewhere', 'later'],
    capacity: ['elsewhere'],
    transient: ['later'],
  };
  const disagreeing = codes.filter((code) => {
    const found = declaredClass(code);
    return found !== null && !allowed[found].includes(problems[code].retry);
  });
  expect(disagreeing).toEqual([]);
});

test('only what another computer may do better is tried elsewhere', () => {
  const elsewhere = codes.filter((code) => problems[code].retry === 'elsewhere');
  const classes = new Set(elsewhere.map(declaredClass));
  expect(classes).toEqual(new Set(['machine', 'capacity']));
});

test('wrong usage and refused access are never tried again', () => {
  const families = /^(request|usage|access|manifest)\./;
  const again = codes.filter((code) => families.test(code) && problems[code].retry !== 'never');
  expect(again).toEqual([]);
});

test('every problem of a render or of memory has a class, and problems of asking have none', () => {
  expect(codes.filter((code) => /^(render|capacity)\./.test(code) && declaredClass(code) === null)).toEqual(
    [],
  );
  expect(
    codes.filter((code) => /^(request|usage|access|farm|job)\./.test(code) && declaredClass(code) !== null),
  ).toEqual([]);
});

test('a code without a class counts as transient, and a code of another release is known as such', () => {
  expect(problemClass('farm.internal')).toBe('transient');
  expect(problemClass('scene.no-camera')).toBe('scene');
  expect(isProblemCode('scene.no-camera')).toBe(true);
  expect(isProblemCode('scene.made-of-cheese')).toBe(false);
  expect(isProblemCode('toString')).toBe(false);
});

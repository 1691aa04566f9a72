import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { knownRules } from './known-rules.ts';
import { parseOwnRules, readOwnRules } from './read-own-rules.ts';
import { Recogniser } from './recognise.ts';
import { failureOfReport } from './session-failure.ts';

const good = {
  name: 'licence',
  pattern: 'no licence for (\\w+)',
  at: ['report'],
  code: 'custom.transient',
  says: 'All licences of $1 are taken.',
};

function refusal(text: string): string {
  try {
    parseOwnRules(text, 'failure-rules.json');
  } catch (error) {
    expect(error).toBeInstanceOf(FarmError);
    expect((error as FarmError).code).toBe('usage.bad-rules');
    return (error as FarmError).says;
  }
  throw new Error('it was accepted');
}

test('without a file there are no rules of one’s own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-rules-'));
  expect(await readOwnRules(folder)).toEqual([]);
  await writeFile(join(folder, 'failure-rules.json'), JSON.stringify([good]));
  expect(await readOwnRules(folder)).toEqual([good]);
  await rm(folder, { recursive: true });
});

test('what is wrong with the file is said with its line', () => {
  expect(refusal('[\n  {"name": "a",,\n]')).toMatch(/^Line 2 of failure-rules\.json: it is not JSON/);
  const lines = (changes: object) =>
    `[\n${JSON.stringify({ ...good, says: 'a } ] , {' })},\n\n${JSON.stringify({ ...good, ...changes })}]`;
  expect(refusal(lines({ pattern: '(' }))).toBe(
    'Line 4 of failure-rules.json: "pattern" of rule 2 is no regular expression.',
  );
  expect(refusal(lines({ code: 'custom.cheese' }))).toContain(
    'Line 4 of failure-rules.json: "code" of rule 2',
  );
  expect(refusal(lines({ at: ['never'] }))).toContain('Line 4');
  expect(refusal(lines({ extra: 1 }))).toContain('Line 4');
  expect(refusal(lines({ says: undefined }))).toContain('"says" of rule 2 is needed');
  expect(refusal('{}')).toContain('Line 1 of failure-rules.json: the file');
});

test('the owner’s rules are asked first, and say what they were told to', () => {
  const own = parseOwnRules(
    JSON.stringify([good, { ...good, pattern: 'no camera', says: undefined, code: 'render.failed' }]),
    '',
  );
  const recogniser = new Recogniser(own);
  const report = (says: string) =>
    failureOfReport({ event: 'failed', frame: 1, code: 'render.failed', says }, '', recogniser);
  expect(report('Error: no licence for Houdini $& here')).toMatchObject({
    ...{ code: 'custom.transient', says: 'All licences of Houdini are taken.' },
  });
  expect(report('Error: Cannot render, no camera').says).toBe(
    'Blender could not render frame 1: Cannot render, no camera.',
  );
});

test('each known rule has a name of its own and can match', () => {
  const names = knownRules.map((rule) => rule.name);
  expect(new Set(names).size).toBe(names.length);
  expect(parseOwnRules(JSON.stringify(knownRules), 'known')).toHaveLength(knownRules.length);
});

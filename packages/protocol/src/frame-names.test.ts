import { expect, test } from 'vitest';
import { FrameNames, nameFrame, plainName, USUAL_NAMES } from './frame-names.ts';
import { ScenePath } from './manifest.ts';

const shot = { frame: 7, job: 'The Shot', id: 'j0123456789' };

test('a template names frames as people like them', () => {
  for (const [template, name] of [
    [USUAL_NAMES, '0007'],
    ['{job}_{frame:05}', 'The Shot_00007'],
    ['{frame:5}', '00007'],
    ['{id}/{job}.{frame}', 'j0123456789/The Shot.0007'],
    ['{frame:1}', '7'],
  ] as const) {
    expect(FrameNames.safeParse(template).success, template).toBe(true);
    expect(nameFrame(template, shot)).toBe(name);
  }
  expect(nameFrame('{frame:05}', { ...shot, frame: -12 })).toBe('-00012');
});

test.each([
  ['shot', 'a name needs {frame}'],
  ['', 'a name needs {frame}'],
  ['{frame}{digest}', 'no other braces'],
  ['{frame', 'a name needs {frame}'],
  ['{frame:99}', 'a name needs {frame}'],
  ['{job:3}{frame}', 'only {frame} has a number of digits'],
  ['../{frame}', 'relative'],
  ['/etc/{frame}', 'relative'],
  ['a//{frame}', 'relative'],
  ['C:\\{frame}', 'relative'],
  ['.hidden/{frame}', 'relative'],
  ['aux/con.{frame}/{frame}', 'relative'],
  ['{frame}\n', 'relative'],
  ['Outputs/{frame}', 'outputs/'],
])('the template %j is refused', (template, why) => {
  const parsed = FrameNames.safeParse(template);
  expect(parsed.error?.issues[0]?.message).toContain(why);
});

test('whatever a job is called, its name becomes one part of a path that is safe everywhere', () => {
  for (const name of [
    '../../etc',
    '..',
    '.',
    '',
    ' ',
    'con',
    'a/b\\c',
    '.ssh',
    '\u0000',
    'x'.repeat(500),
    'é.',
    '{id}',
  ])
    expect(ScenePath.safeParse(plainName(name)).success && !plainName(name).includes('/'), name).toBe(true);
  expect(plainName('The Shot')).toBe('The Shot');
});

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../fixtures/frames.fixture.ts';
import { findFfmpeg } from './find-ffmpeg.ts';

test('the first program of that name on the path is found', async () => {
  await using folder = await temporaryFolder();
  const [one, two, three] = ['one', 'two', 'three'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(join(one, 'ffmpeg'), { recursive: true });
  for (const place of [two, three]) {
    await mkdir(place);
    await writeFile(join(place, 'ffmpeg'), '#!/bin/sh\n');
  }
  await chmod(join(two, 'ffmpeg'), 0o644);
  await chmod(join(three, 'ffmpeg'), 0o755);
  expect(findFfmpeg(['', one, two, three].join(delimiter))).toBe(join(three, 'ffmpeg'));
  expect(findFfmpeg(one)).toBeNull();
  expect(findFfmpeg('')).toBeNull();
});

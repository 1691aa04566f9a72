import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../fixtures/frames.fixture.ts';
import { tryHardware } from './try-hardware.ts';

test('an encoder counts as working only if it makes a film', async () => {
  await using folder = await temporaryFolder();
  const ffmpeg = join(folder.path, 'ffmpeg');
  const list = [' V....D libx264 x', ' V....D h264_nvenc x', ' V....D hevc_qsv x', ' V....D h264_vaapi x'];
  const script = `case "$*" in *-encoders*) printf '%s\\n' ${list.map((line) => `'${line}'`).join(' ')};; *hevc_qsv*) exit 0;; *) exit 1;; esac`;
  await writeFile(ffmpeg, `#!/bin/sh\n${script}\n`);
  await chmod(ffmpeg, 0o755);
  expect(await tryHardware(ffmpeg)).toEqual({ known: ['h264_nvenc', 'hevc_qsv'], working: ['hevc_qsv'] });
});

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireFrameFile } from './frame-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-frame-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a full file of the asked name passes', async () => {
  await writeFile(join(folder, '0001.exr'), Buffer.from('762f3101000000', 'hex'));
  await requireFrameFile(join(folder, '0001.exr'), { output: join(folder, '0001'), frame: 1, expect: null });
});

test.each(['0002.png', '00010.png', '0001', '0001/../secret.png', '0001.png/x', '0001.PNG'])(
  'the name %s is refused for frame 0001',
  async (name) => {
    await writeFile(join(folder, 'secret.png'), 'secret');
    const refused = requireFrameFile(`${folder}/${name}`, {
      output: join(folder, '0001'),
      frame: 1,
      expect: null,
    });
    await expect(refused).rejects.toMatchObject({ code: 'render.no-file' });
  },
);

test('an empty file is no frame', async () => {
  await writeFile(join(folder, '0003.png'), '');
  const refused = requireFrameFile(join(folder, '0003.png'), {
    output: join(folder, '0003'),
    frame: 3,
    expect: null,
  });
  await expect(refused).rejects.toMatchObject({ code: 'render.no-file' });
});

test.skipIf(process.platform === 'win32')(
  'a link to a picture is no frame, and neither is a pipe, at which nobody waits',
  async () => {
    await writeFile(join(folder, 'elsewhere.exr'), Buffer.from('762f3101000000', 'hex'));
    await symlink(join(folder, 'elsewhere.exr'), join(folder, '0008.exr'));
    const wanted = { output: join(folder, '0008'), frame: 8, expect: null };
    await expect(requireFrameFile(join(folder, '0008.exr'), wanted)).rejects.toMatchObject({
      code: 'render.no-file',
    });
    execFileSync('mkfifo', [join(folder, '0008.png')]);
    await expect(requireFrameFile(join(folder, '0008.png'), wanted)).rejects.toMatchObject({
      code: 'render.no-file',
    });
  },
);

test('a file of another kind than its ending says, or than was expected, is no picture', async () => {
  const file = join(folder, '0004.png');
  const wanted = { output: join(folder, '0004'), frame: 4, expect: null };
  await writeFile(file, Buffer.from('ffd8ffe0ffd9', 'hex'));
  await expect(requireFrameFile(file, wanted)).rejects.toMatchObject({ code: 'render.not-a-picture' });
  await writeFile(file, 'RIFF of a movie, not of a picture');
  await expect(requireFrameFile(file, wanted)).rejects.toMatchObject({ code: 'render.not-a-picture' });
  const jpg = join(folder, '0004.jpg');
  await writeFile(jpg, Buffer.from('ffd8ffe0ffd9', 'hex'));
  await requireFrameFile(jpg, wanted);
  const picture = { width: 64, height: 36, extension: '.png' };
  const refused = requireFrameFile(jpg, { ...wanted, expect: picture });
  await expect(refused).rejects.toThrow('should be a PNG file, but Blender wrote a JPEG file');
});

test('a picture that is cut short or of another size is refused before it travels', async () => {
  const background = 'orange';
  const whole = await sharp({ create: { width: 64, height: 36, channels: 3, background } })
    .png()
    .toBuffer();
  const file = join(folder, '0005.png');
  const wanted = {
    ...{ output: join(folder, '0005'), frame: 5 },
    expect: { width: 64, height: 36, extension: '.png' },
  };
  await writeFile(file, whole);
  await requireFrameFile(file, wanted);
  const larger = { ...wanted, expect: { ...wanted.expect, width: 65 } };
  await expect(requireFrameFile(file, larger)).rejects.toMatchObject({ code: 'render.wrong-size' });
  const gray = { ...wanted, expect: { ...wanted.expect, channels: 1, depth: 8 } };
  await expect(requireFrameFile(file, gray)).rejects.toThrow(
    'has 3 channels of 8 bits, not 1 channels of 8 bits',
  );
  const deep = { ...wanted, expect: { ...wanted.expect, channels: 3, depth: 16 } };
  await expect(requireFrameFile(file, deep)).rejects.toMatchObject({ code: 'render.wrong-pixels' });
  await writeFile(file, whole.subarray(0, whole.length - 1));
  await expect(requireFrameFile(file, wanted)).rejects.toMatchObject({ code: 'render.bad-file' });
});

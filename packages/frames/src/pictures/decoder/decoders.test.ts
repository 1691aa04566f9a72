import { execFile } from 'node:child_process';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makePng, temporaryFolder, testDecoders } from '../../fixtures/frames.fixture.ts';
import { readPixels } from '../read-pixels.ts';
import { Decoders } from './decoders.ts';

const size = { width: 64, height: 48 };
const expected = { frame: 3, extension: '.png', size } as const;

/** A stand-in for a decoder: this script, in a process of its own. */
function standIn(script: string, seconds = 60): Decoders {
  const command = { file: process.execPath, args: ['-e', script], isEnclosed: false };
  return new Decoders({ command, count: 1, largestPicture: 1e6, seconds });
}

test('a decoder gives the same pixels as this process would, and a thumbnail with how it looks', async () => {
  await using folder = await temporaryFolder();
  await using decoders = await testDecoders(folder.path);
  const path = join(folder.path, 'a.png');
  await writeFile(path, await makePng({ shade: 90, format: 'rgb16' }));
  const tools = { ffmpeg: null, largestPicture: 1e6 };
  for (const kind of ['rgb24', 'rgba', 'rgb48le', 'rgba64le'] as const)
    expect(await decoders.pixels(path, '.png', { kind })).toEqual(
      await readPixels(path, '.png', tools, { kind }),
    );
  const { thumbnail, seen } = await decoders.check(path, expected);
  expect(seen?.look).toBeNull();
  expect(seen?.print).toHaveLength(192);
  expect(await sharp(thumbnail!).metadata()).toMatchObject({ format: 'webp', ...size });
});

test('many pictures at once come back to those who asked', async () => {
  await using folder = await temporaryFolder();
  await using decoders = await testDecoders(folder.path);
  const shades = [10, 60, 110, 160, 210];
  const seen = await Promise.all(
    shades.map(async (shade) => {
      const path = join(folder.path, `${shade}.png`);
      await writeFile(path, await makePng({ shade }));
      return (await decoders.pixels(path, '.png')).data[0];
    }),
  );
  expect(seen).toEqual(shades);
});

test('what a picture is refused for is said as it would be here', async () => {
  await using folder = await temporaryFolder();
  await using decoders = await testDecoders(folder.path);
  const path = join(folder.path, 'a.png');
  await writeFile(path, (await makePng()).subarray(0, 60));
  await expect(decoders.check(path, expected)).rejects.toMatchObject({ code: 'render.bad-file' });
  await writeFile(path, await makePng({ width: 10 }));
  await expect(decoders.check(path, expected)).rejects.toThrow('is 10x48 pixels, not 64x48');
  await expect(decoders.pixels(join(folder.path, 'none.png'), '.png')).rejects.toThrow(/missing|No such/i);
});

test('a decoder that crashes is the failure of its picture, and the next picture gets a new one', async () => {
  await using folder = await temporaryFolder();
  const mark = JSON.stringify(join(folder.path, 'crashed'));
  await using decoders = standIn(`
    process.stdin.once('data', () => {
      const fs = require('node:fs');
      if (!fs.existsSync(${mark})) { fs.writeFileSync(${mark}, ''); process.abort(); }
      const text = Buffer.from(JSON.stringify({ is: 'checked', hasThumbnail: false, seen: null }));
      const head = Buffer.alloc(8);
      head.writeUInt32LE(text.length, 0);
      process.stdout.write(Buffer.concat([head, text]));
    });`);
  await expect(decoders.check('/a.png', expected)).rejects.toMatchObject({
    code: 'render.bad-file',
    message: expect.stringContaining('its decoder was ended by it (SIGABRT)'),
  });
  expect(await decoders.check('/a.png', expected)).toEqual({ thumbnail: null, seen: null });
});

test('a decoder that does not come back is ended, and one that says too much or nonsense, too', async () => {
  await using silent = standIn('setInterval(() => undefined, 1000);', 0.3);
  await expect(silent.check('/a.png', expected)).rejects.toThrow('took more than 0.3 s');
  await using loud = standIn(
    "process.stdin.once('data', () => process.stdout.write(Buffer.alloc(100, 255)))",
  );
  await expect(loud.check('/a.png', expected)).rejects.toMatchObject({ code: 'render.bad-file' });
  await using liar = standIn(`
    process.stdin.once('data', () => {
      const text = Buffer.from('{"is":"pixels","width":10,"height":10,"kind":"rgb24"}');
      const head = Buffer.alloc(8);
      head.writeUInt32LE(text.length, 0);
      head.writeUInt32LE(5, 4);
      process.stdout.write(Buffer.concat([head, text, Buffer.alloc(5)]));
    });`);
  await expect(liar.pixels('/a.png', '.png')).rejects.toThrow('answered something else');
});

test('decoders that are closed leave no process', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.png');
  await writeFile(path, await makePng());
  const decoders = await testDecoders(folder.path);
  await decoders.check(path, expected);
  const found = await processesWith(folder.path);
  expect(found.length).toBeGreaterThan(0);
  await decoders.close();
  for (const pid of found)
    await expect.poll(() => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).toBe('');
});

test.runIf(process.platform === 'linux')(
  'a decoder has a limit of memory, writes no file, and reaches no network',
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.png');
    await writeFile(path, await makePng());
    await using decoders = await testDecoders(folder.path);
    await decoders.check(path, expected);
    const [decoder] = (await processesWith(folder.path, 'decoder-main')).slice(-1);
    const limits = await readFile(`/proc/${decoder}/limits`, 'utf8');
    expect(limits).toMatch(/Max data size\s+\d{9,10}\s/);
    expect(limits).toMatch(/Max file size\s+0\s/);
    expect(await readlink(`/proc/${decoder}/ns/net`)).not.toBe(await readlink('/proc/self/ns/net'));
  },
);

/** Decoders that were started for this folder, and what runs in them: by their command lines, the outermost first. */
async function processesWith(folder: string, name = ''): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  const lines = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  const found = new Set<number>();
  for (const line of lines)
    if (line?.[3]?.includes(folder) || found.has(Number(line?.[2]))) found.add(Number(line?.[1]));
  return [...found].filter((pid) =>
    lines.some(
      (line) => Number(line?.[1]) === pid && line?.[3]?.includes(name) && !line[3].startsWith('ps '),
    ),
  );
}

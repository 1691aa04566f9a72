import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../fixtures/frames.fixture.ts';
import { ffmpegFailure } from './ffmpeg-failure.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { type FfmpegOptions, readAll, runFfmpeg } from './run-ffmpeg.ts';

// Empty when there is no such process; Z is one that ended and whose parent has not looked.
async function stateOf(pid: number): Promise<string> {
  const ps = promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]);
  return ps.then(
    ({ stdout }) => stdout.trim().slice(0, 1),
    () => '',
  );
}

async function program(folder: string, script: string): Promise<string> {
  const path = join(folder, 'ffmpeg');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

test('how it ended is told with its last words', async () => {
  await using folder = await temporaryFolder();
  const run = runFfmpeg(await program(folder.path, 'echo "[png @ 0x12ab] no good" >&2; exit 3'), []);
  expect(await run.ended).toEqual({ ok: false, said: '[png] no good', killedBy: null });
});

test('a program that is not there ends without an exception', async () => {
  const run = runFfmpeg('/nowhere/ffmpeg', []);
  expect((await run.ended).ok).toBe(false);
});

test('one that ends before it read everything does not break the feeding', async () => {
  await using folder = await temporaryFolder();
  const run = runFfmpeg(await program(folder.path, 'exit 0'), []);
  for (let piece = 0; piece < 10; piece += 1) run.stdin.write(Buffer.alloc(1 << 20));
  expect((await run.ended).ok).toBe(true);
});

test('one that does not listen is killed with what it started', async () => {
  await using folder = await temporaryFolder();
  const stop = new AbortController();
  const run = runFfmpeg(
    await program(folder.path, "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"),
    [],
    stop.signal,
  );
  const grandchild = await new Promise<number>((resolve) =>
    run.stdout.once('data', (text) => resolve(Number(text))),
  );
  stop.abort();
  expect((await run.ended).ok).toBe(false);
  expect(await stateOf(grandchild)).toMatch(/^Z?$/);
});

test('more output than expected is an error', async () => {
  await using folder = await temporaryFolder();
  const run = runFfmpeg(await program(folder.path, 'echo 0123456789'), []);
  await expect(readAll(run.stdout, 5)).rejects.toThrow('more than 5 bytes');
});

test('it has limits: half of the memory, few files, and none that it writes unless it is to', async () => {
  await using folder = await temporaryFolder();
  const said = await program(folder.path, 'ulimit -d; ulimit -n; ulimit -c; ulimit -f');
  const text = async (options: FfmpegOptions) =>
    (await readAll(runFfmpeg(said, [], undefined, options).stdout, 1000)).toString().trim().split('\n');
  const [memory, files, core, size] = await text({});
  expect(Number(memory)).toBeGreaterThan(0);
  expect(Number(memory) * 1024).toBeLessThanOrEqual(Math.max(2 ** 30, totalmem() / 2));
  expect([files, core, size]).toEqual(['64', '0', '0']);
  expect((await text({ writes: true }))[3]).toBe('unlimited');
});

test('an encoder that wants more memory than there is for it fails alone, and says so', async () => {
  const found = findFfmpeg(process.env.PATH ?? '');
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=1920x1080:rate=1000:duration=1'];
  const all = [...source, '-vf', 'reverse', '-f', 'null', '-'];
  const run = runFfmpeg(found ?? '', all, undefined, { memory: 300 * 2 ** 20 });
  run.stdin.end();
  const end = await run.ended;
  expect(end.said).toContain('Cannot allocate memory');
  expect(ffmpegFailure(end, (said) => said)).toMatchObject({ code: 'film.failed' });
});

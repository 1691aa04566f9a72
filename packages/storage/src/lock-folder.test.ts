import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './lock-folder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder is taken once, and again when it was released', async () => {
  const lock = await lockFolder(folder, 'worker');
  await expect(lockFolder(folder, 'worker')).rejects.toMatchObject({ code: 'machine.data-in-use' });
  await lock.release();
  await (await lockFolder(folder, 'worker')).release();
});

test('a killed holder leaves the folder free', async () => {
  const program = `require('net').createServer().listen(${JSON.stringify(join(folder, '.lock'))}, () => console.log('held'))`;
  const holder = spawn(process.execPath, ['-e', program]);
  await once(holder.stdout, 'data');
  await expect(lockFolder(folder, 'worker')).rejects.toMatchObject({ code: 'machine.data-in-use' });
  holder.kill('SIGKILL');
  await once(holder, 'close');
  await (await lockFolder(folder, 'worker')).release();
});

test('a file where the folder should be is named', async () => {
  const path = join(folder, 'file');
  await writeFile(path, '');
  await expect(lockFolder(path, 'worker')).rejects.toMatchObject({ code: 'machine.data-not-writable' });
});

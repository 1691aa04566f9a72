import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { readTree } from './process-tree.ts';

let child: ChildProcess;
afterEach(() => process.kill(-child.pid!, 'SIGKILL'));

function start(program: string): Promise<number> {
  child = spawn('sh', ['-c', program], { detached: true, stdio: 'ignore' });
  return new Promise((resolve) => child.once('spawn', () => resolve(child.pid!)));
}

test('children count, also in a session of their own', async () => {
  const pid = await start('setsid sleep 100 & sh -c "sleep 100; true" & wait');
  await expect.poll(async () => (await readTree(pid))?.processes).toBe(4);
  const use = await readTree(pid);
  expect(use?.memory).toBeGreaterThan(4 * 100_000);
});

test('CPU goes on while something computes, and stands still in a stopped process', async () => {
  const pid = await start('while true; do :; done');
  const ticks = async () => (await readTree(pid))?.cpuTicks ?? 0;
  await expect.poll(ticks).toBeGreaterThan(5);
  process.kill(-pid, 'SIGSTOP');
  await new Promise((next) => setTimeout(next, 100));
  const before = await ticks();
  await new Promise((next) => setTimeout(next, 200));
  expect(await ticks()).toBe(before);
});

test('what is gone has no use', async () => {
  const pid = await start('sleep 100');
  expect(await readTree(2 ** 22 + 1)).toBeNull();
  expect(await readTree(pid)).not.toBeNull();
});

import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { processTree } from './process-tree.ts';

let child: ChildProcess;
afterEach(() => process.kill(-child.pid!, 'SIGKILL'));

function start(program: string): Promise<number> {
  child = spawn('sh', ['-c', program], { detached: true, stdio: 'ignore' });
  return new Promise((resolve) => child.once('spawn', () => resolve(child.pid!)));
}

test('children count, also in a session of their own, and nothing else', async () => {
  const pid = await start('setsid sleep 100 & sh -c "sleep 100; true" & wait');
  await expect.poll(() => processTree(pid)?.pids.length).toBe(4);
  const tree = processTree(pid);
  expect(tree?.pids[0]).toBe(pid);
  expect(tree?.pids).not.toContain(process.pid);
  expect(tree?.memory).toBeGreaterThan(4 * 100_000);
});

test('a name with blanks and parentheses hides nothing', async () => {
  const pid = await start('printf "a) S 1" > /proc/$$/comm; while true; do :; done');
  await expect.poll(() => processTree(pid)?.cpuTicks).toBeGreaterThan(5);
  expect(processTree(pid)?.pids).toEqual([pid]);
});

test('CPU goes on while something computes, and stands still in a stopped process', async () => {
  const pid = await start('while true; do :; done');
  const ticks = () => processTree(pid)?.cpuTicks ?? 0;
  await expect.poll(ticks).toBeGreaterThan(5);
  process.kill(-pid, 'SIGSTOP');
  await new Promise((next) => setTimeout(next, 100));
  const before = ticks();
  await new Promise((next) => setTimeout(next, 200));
  expect(ticks()).toBe(before);
});

test('what is gone has no tree', async () => {
  const pid = await start('sleep 100');
  expect(processTree(2 ** 22 + 1)).toBeNull();
  expect(processTree(pid)).not.toBeNull();
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { parseStat, processTree } from './process-tree.ts';

test('a name with blanks and parentheses does not move the fields', () => {
  const rest = Array.from({ length: 22 }, (_, at) => String(at)).join(' ');
  expect(parseStat(7, `7 (a) b) (c) S 3 ${rest}`, 4096)).toEqual({ pid: 7, parent: 3, memory: 19 * 4096 });
  expect(parseStat(7, '', 4096)).toBeNull();
});

test('a tree has the process, what it started, and nothing else', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], { detached: true });
  const other = spawn('/bin/sleep', ['60']);
  try {
    const [said] = await once(parent.stdout, 'data');
    const pids = (await processTree(parent.pid ?? 0)).map((one) => one.pid);
    expect(pids.toSorted()).toEqual([parent.pid ?? 0, Number(String(said))].toSorted());
  } finally {
    process.kill(-(parent.pid ?? 0), 'SIGKILL');
    other.kill('SIGKILL');
  }
});

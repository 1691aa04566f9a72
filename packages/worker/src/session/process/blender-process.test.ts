import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { BlenderProcess } from './blender-process.ts';

function start(script: string, onLogLine: (line: string) => void = () => {}): BlenderProcess {
  const command = { file: '/bin/sh', args: ['-c', script], environment: {}, folder: tmpdir() };
  return new BlenderProcess(command, { onDriverLine: () => {}, onLogLine });
}

/** Resolves with the first line of the log: the script has come that far. */
function started(script: string): Promise<{ process: BlenderProcess; line: string }> {
  return new Promise((resolve) => {
    const process: BlenderProcess = start(script, (line) => resolve({ process, line }));
  });
}

/** A dead process that nobody has asked for yet (a zombie) does not live: in containers that can last for ever. */
function lives(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

test('what ignores both the question and the order is killed, with its children', async () => {
  const { process: stubborn, line } = await started('trap "" TERM; sleep 60 & echo $!; wait; sleep 60');
  const began = performance.now();
  await stubborn.end();
  expect(performance.now() - began).toBeLessThan(6000);
  expect((await stubborn.ended).signal).toBe('SIGKILL');
  await expect.poll(() => lives(Number(line))).toBe(false);
});

test('children that were left behind are killed, and do not hold up the end', async () => {
  const { process: parent, line } = await started('sleep 60 & echo $!; exit 3');
  expect((await parent.ended).code).toBe(3);
  await expect.poll(() => lives(Number(line))).toBe(false);
});

test('ended settles after the last words were read', async () => {
  const lines: string[] = [];
  const talker = start('i=0; while [ $i -lt 2000 ]; do echo word $i; i=$((i+1)); done', (line) =>
    lines.push(line),
  );
  await talker.ended;
  expect(lines).toHaveLength(2000);
});

test('one who listens to the end of the pipe is gone at once', async () => {
  const { process: listener } = await started('echo ready; read line <&3; exit 0');
  const began = performance.now();
  await listener.end();
  expect(performance.now() - began).toBeLessThan(1000);
});

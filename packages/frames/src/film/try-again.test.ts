import { FarmError } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { tryAgain } from './try-again.ts';

const never = new AbortController().signal;
const killed = () => new FarmError('machine.ffmpeg-killed', { signal: 'SIGKILL' });
const full = () => new FarmError('disk.full', { folder: '/data' });

/** Fails with each of these, then succeeds. */
function failing(errors: readonly Error[]) {
  let tries = 0;
  const waits: string[] = [];
  const work = async () => {
    const error = errors[tries];
    tries += 1;
    if (error) throw error;
    return tries;
  };
  const trying = { roomMs: 0, killedMs: 0, onWait: (error: FarmError) => waits.push(error.code) };
  return { waits, run: (signal = never) => tryAgain(work, trying, signal) };
}

test('work that found no room or was killed is done again, and each time somebody hears of it', async () => {
  const { run, waits } = failing([full(), killed(), full()]);
  expect(await run()).toBe(4);
  expect(waits).toEqual(['disk.full', 'machine.ffmpeg-killed', 'disk.full']);
});

test('a full disk is waited for without end, a kill is not', async () => {
  expect(await failing(Array.from({ length: 100 }, full)).run()).toBe(101);
  const { run, waits } = failing(Array.from({ length: 100 }, killed));
  await expect(run()).rejects.toMatchObject({ code: 'machine.ffmpeg-killed' });
  expect(waits).toHaveLength(4);
});

test('whatever else went wrong is not tried again, and nothing is after a stop', async () => {
  await expect(failing([new FarmError('film.failed', { why: 'x' })]).run()).rejects.toThrow('x');
  await expect(failing([new Error('plain')]).run()).rejects.toThrow('plain');
  const stop = AbortSignal.abort(new Error('enough'));
  await expect(failing([full()]).run(stop)).rejects.toThrow('enough');
});

import { expect, test } from 'vitest';
import {
  FrameState,
  frameStates,
  type JobEvent,
  JobState,
  jobStates,
  move,
  WorkerState,
  workerStates,
} from './states.ts';

test('every state of the words has a row in its table', () => {
  expect(Object.keys(jobStates).sort()).toEqual([...JobState.options].sort());
  expect(Object.keys(frameStates).sort()).toEqual([...FrameState.options].sort());
  expect(Object.keys(workerStates).sort()).toEqual([...WorkerState.options].sort());
});

test('a done frame leaves done only when a person asks for it', () => {
  expect(Object.keys(frameStates.done)).toEqual(['retry']);
});

test('a completed job cannot be paused, canceled or failed', () => {
  for (const event of ['pause', 'cancel', 'fail'] satisfies JobEvent[])
    expect(move(jobStates, 'completed', event)).toBeNull();
});

test('every state can be reached from the first one', () => {
  expect(reachable(jobStates, 'queued')).toEqual(new Set(JobState.options));
  expect(reachable(frameStates, 'waiting')).toEqual(new Set(FrameState.options));
  expect(reachable(workerStates, 'idle')).toEqual(new Set(WorkerState.options));
});

function reachable(table: Record<string, Record<string, string>>, first: string): Set<string> {
  const found = new Set([first]);
  for (const state of found) for (const next of Object.values(table[state] ?? {})) found.add(next);
  return found;
}

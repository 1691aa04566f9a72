import { expect, it } from 'vitest';
import { sampleWorker } from '../live/sample.ts';
import {
  blenderVersions,
  platformWords,
  sandboxWords,
  slotsOf,
  slotWords,
  workerActions,
} from './worker-words.ts';

it('shows every slot of a worker, also those it did not speak of', () => {
  const report = {
    slot: 1,
    state: 'rendering',
    job: 'j',
    lease: null,
    frame: 7,
    fraction: 0.5,
    memory: null,
  } as const;
  const slots = slotsOf(sampleWorker({ slots: 3, slotReports: [report] }));
  expect(slots.map(slotWords)).toEqual(['idle', 'frame 7', 'idle']);
});

it('offers to drain who works, and to wake who does not', () => {
  expect(workerActions(sampleWorker({ state: 'rendering' }))).toEqual(['drain', 'remove']);
  expect(workerActions(sampleWorker({ state: 'draining' }))).toEqual(['wake', 'remove']);
  const problem = { code: 'worker.lost', says: 'Nothing is heard from it.' };
  expect(workerActions(sampleWorker({ state: 'lost', problem }))).toEqual(['wake', 'remove']);
  expect(workerActions(sampleWorker({ state: 'sick' }))).toEqual(['drain', 'wake', 'forgive', 'remove']);
});

it('names each Blender once, the newest first', () => {
  const blenders = ['3.4.1', '4.10.0', '4.2.0', '3.4.1'].map((version) => ({ version, path: '/b' }));
  expect(blenderVersions(sampleWorker({ blenders }))).toEqual(['4.10.0', '4.2.0', '3.4.1']);
});

it('says platforms in people’s names', () => {
  expect(platformWords('darwin-arm64')).toBe('macOS arm64');
  expect(platformWords('plan9')).toBe('plan9');
});

it('calls a sandbox only what closes Blender in', () => {
  const words = (kind: 'bubblewrap' | 'unshare' | 'user' | 'limits' | 'none', closed: boolean) =>
    sandboxWords(sampleWorker({ sandbox: { kind, closed, says: '' } }));
  expect(words('bubblewrap', true)).toBe('sandbox: bubblewrap');
  expect(words('unshare', true)).toBe('sandbox: unshare');
  expect(words('limits', false)).toBe('no sandbox: limits only');
  expect(words('none', false)).toBe('no sandbox');
  expect(sandboxWords(sampleWorker())).toBe('sandbox: not told');
});

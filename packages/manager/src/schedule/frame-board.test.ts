import { type FrameEvent, type FrameState, frameStates, move } from '@akashganga/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameBoard } from './frame-board.ts';

const events: readonly FrameEvent[] = [
  ...(['lease', 'start', 'deliver', 'done', 'return', 'fail', 'cancel', 'retry'] as const),
];

function board(...numbers: number[]): FrameBoard {
  return new FrameBoard(Int32Array.from(numbers));
}

test('a frame is found by its number, also a negative one, and a stranger is not', () => {
  const frames = board(-7, -1, 0, 4, 100);
  expect([-7, -1, 0, 4, 100].map((frame) => frames.indexOf(frame))).toEqual([0, 1, 2, 3, 4]);
  expect([-8, -2, 1, 99, 101].map((frame) => frames.indexOf(frame))).toEqual([-1, -1, -1, -1, -1]);
  expect(board().indexOf(1)).toBe(-1);
});

test('what the table does not allow changes nothing', () => {
  const frames = board(1, 2);
  expect(frames.apply(0, 'done')).toBe(true);
  expect(frames.apply(0, 'lease')).toBe(false);
  expect(frames.apply(0, 'return')).toBe(false);
  expect(frames.state(0)).toBe('done');
  expect(frames.counts()).toMatchObject({ total: 2, done: 1, waiting: 1, leased: 0 });
});

test('a retry begins to count failures anew', () => {
  const frames = board(1);
  frames.addFailure(0);
  frames.addFailure(0);
  frames.apply(0, 'fail');
  frames.apply(0, 'retry');
  expect(frames.failures(0)).toBe(0);
});

test('failures are counted to 255 and not from zero again', () => {
  const frames = board(1);
  for (let time = 0; time < 300; time += 1) frames.addFailure(0);
  expect(frames.failures(0)).toBe(255);
});

test('a board of a million frames answers as one that keeps a word for each frame', () => {
  const frames = new FrameBoard(Int32Array.from({ length: 1_000_000 }, (_, index) => index));
  for (let index = 0; index < 999_999; index += 1) frames.apply(index, 'done');
  expect(frames.firstWaiting(10)).toEqual([999_999]);
  expect(frames.counts()).toMatchObject({ done: 999_999, waiting: 1 });
});

test('a board behaves as a list of words, whatever happens to it', () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('apply' as const), at: fc.nat(11), event: fc.constantFrom(...events) }),
    fc.record({ kind: fc.constant('fail' as const), at: fc.nat(11) }),
    fc.record({ kind: fc.constant('waiting' as const), most: fc.integer({ min: 0, max: 14 }) }),
    fc.record({
      kind: fc.constant('restore' as const),
      at: fc.nat(11),
      state: fc.constantFrom<FrameState>('waiting', 'done', 'failed'),
      failures: fc.nat(9),
    }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
      const frames = new FrameBoard(Int32Array.from({ length: 12 }, (_, index) => index * 2 - 5));
      const states = new Array<FrameState>(12).fill('waiting');
      const failures = new Array<number>(12).fill(0);
      for (const one of acts) {
        if (one.kind === 'apply') {
          const next = move(frameStates, states[one.at]!, one.event);
          expect(frames.apply(one.at, one.event)).toBe(next !== null);
          if (next !== null) states[one.at] = next;
          if (next !== null && one.event === 'retry') failures[one.at] = 0;
        } else if (one.kind === 'fail') {
          failures[one.at] = failures[one.at]! + 1;
          expect(frames.addFailure(one.at)).toBe(failures[one.at]);
        } else if (one.kind === 'restore') {
          frames.restore(one.at, one.state, one.failures);
          states[one.at] = one.state;
          failures[one.at] = one.failures;
        } else {
          const waiting = states.flatMap((state, index) => (state === 'waiting' ? [index] : []));
          expect(frames.firstWaiting(one.most)).toEqual(waiting.slice(0, one.most));
        }
        expect(states.map((_, index) => frames.state(index))).toEqual(states);
        expect(states.map((_, index) => frames.failures(index))).toEqual(failures);
        for (const [state, count] of Object.entries(frames.counts()))
          expect(count).toBe(state === 'total' ? 12 : states.filter((other) => other === state).length);
      }
    }),
    { numRuns: 150 },
  );
});

test('coarse to fine, every sixteenth frame comes first and every frame comes once', () => {
  const frames = new FrameBoard(
    Int32Array.from({ length: 40 }, (_, index) => index + 1),
    'coarse',
  );
  const given: number[] = [];
  for (;;) {
    const next = frames.firstWaiting(3);
    if (next.length === 0) break;
    for (const index of next) frames.apply(index, 'lease');
    given.push(...next);
  }
  expect(given.slice(0, 3)).toEqual([0, 16, 32]);
  expect(given.slice(3, 6)).toEqual([4, 8, 24]);
  expect([...given].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  frames.apply(16, 'return');
  expect(frames.firstWaiting(9)).toEqual([16]);
});

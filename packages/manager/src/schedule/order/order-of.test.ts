import { parseFrames } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { probeReport } from '../farm.fixture.ts';
import type { JobEntry } from '../farm-state.ts';
import { FrameBoard } from '../frame-board.ts';
import { orderOf, toVerify } from './order-of.ts';

function job(frames: string, settings: JobEntry['settings']): JobEntry {
  const board = new FrameBoard(parseFrames(frames));
  return { settings, board, probe: probeReport({ order: 'sequence' }) } as JobEntry;
}

test('the order a person asks for wins over the one the probe found', () => {
  expect(orderOf(job('1-3', {}))).toBe('sequence');
  expect(orderOf(job('1-3', { history: 'any' }))).toBe('any');
});

test('as many frames are verified as were asked for, evenly, however they are leased', () => {
  const wanted = job('1-100', { verify: 4 });
  const leases = [parseFrames('1-30'), parseFrames('31-99x2'), parseFrames('32-100x2')];
  expect(leases.map((frames) => toVerify(wanted, frames))).toEqual(['25', '75', '50,100']);
  expect(toVerify(job('1-3', { verify: 9 }), [1, 2, 3])).toBe('1-3');
  expect(toVerify(job('1-3', {}), [1, 2, 3])).toBeNull();
});

import type { Look, OddFrames } from '@akashganga/protocol';
import type { JobEntry } from './farm-state.ts';
import type { Outcome } from './outcome.ts';

/** So many are named; of the others only the count is kept, so that a black film of a million frames costs no more. */
const NAMED = 20;

/** Notes how a frame looks that has just become done. A frame that was rendered again loses what was said of it. */
export function rememberLook(job: JobEntry, frame: number, look: Look | null, outcome: Outcome): void {
  const before = job.oddFrames;
  let after = before.flatMap((odd) => without(odd, frame));
  if (look !== null) after = withFrame(after, look, frame);
  if (after.length === 0 && before.length === 0) return;
  job.oddFrames = after;
  outcome.job(job);
}

/** Notes one thing more of a frame. */
export function noteOdd(job: JobEntry, frame: number, look: OddFrames['look'], outcome: Outcome): void {
  if (job.oddFrames.some((odd) => odd.look === look && odd.first.includes(frame))) return;
  job.oddFrames = withFrame(job.oddFrames, look, frame);
  outcome.job(job);
}

function without(odd: OddFrames, frame: number): OddFrames[] {
  if (!odd.first.includes(frame)) return [odd];
  const count = odd.count - 1;
  return count === 0 ? [] : [{ ...odd, count, first: odd.first.filter((one) => one !== frame) }];
}

function withFrame(found: readonly OddFrames[], look: OddFrames['look'], frame: number): OddFrames[] {
  const odd = found.find((one) => one.look === look) ?? { look, count: 0, first: [] };
  const first = odd.first.length < NAMED ? [...odd.first, frame].sort((a, b) => a - b) : odd.first;
  return [...found.filter((one) => one.look !== look), { look, count: odd.count + 1, first }];
}

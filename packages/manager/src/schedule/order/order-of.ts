import { type FrameOrder, formatFrames } from '@akashganga/protocol';
import type { JobEntry } from '../farm-state.ts';

/** In which order the frames may be rendered: as the job asks, else as the probe found. */
export function orderOf(job: JobEntry): FrameOrder {
  return job.settings.history ?? job.probe?.order ?? 'any';
}

/**
 * Those of a lease's frames that are rendered twice and compared: as many as the job asks for, spread evenly over all of
 * its frames. Null for none.
 */
export function toVerify(job: JobEntry, frames: Iterable<number>): string | null {
  const { board } = job;
  const wanted = Math.min(job.settings.verify ?? 0, board?.size ?? 0);
  if (!board || wanted === 0) return null;
  const upTo = (at: number) => Math.floor((at * wanted) / board.size);
  const chosen = [...frames].filter((frame) => {
    const at = board.indexOf(frame);
    return at >= 0 && upTo(at + 1) > upTo(at);
  });
  return chosen.length === 0 ? null : formatFrames(chosen.sort((a, b) => a - b));
}

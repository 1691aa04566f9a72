import { formatFrames, type Lease, parseFrames } from '@akashganga/protocol';
import type { Results } from '../results/results.ts';
import type { Courier } from './courier.ts';
import type { KeptFrames } from './kept-frames.ts';

export interface KeptWays {
  readonly kept: KeptFrames;
  readonly courier: Courier;
  readonly results: Results;
}

/** Frames of a job that are here: delivered and kept, or on their way to a frame server that is gone. Ascending. */
export function framesHere(job: string, { kept, courier }: Pick<KeptWays, 'kept' | 'courier'>): number[] {
  const onTheWay = courier.list().filter((one) => one.job === job);
  const frames = new Set([...kept.list(job), ...onTheWay.map(({ frame }) => frame)]);
  return [...frames].sort((a, b) => a - b);
}

/** Sends what is here of a lease's frames, and gives those back that are not here any more. Never rejects. */
export async function deliverKept(lease: Lease, { kept, courier, results }: KeptWays): Promise<void> {
  const missing: number[] = [];
  for (const frame of parseFrames(lease.frames ?? '')) {
    if (courier.rebind(lease, frame)) continue;
    // One whose file cannot be read or moved is rendered again, like one that is gone.
    const stored = await kept.giveTo(lease, frame).catch(() => null);
    if (stored) courier.send(stored);
    else missing.push(frame);
  }
  if (missing.length > 0) results.giveBack({ lease: lease.id, frames: formatFrames(missing) });
}

import { formatFrames, type Lease, parseFrames, type RenderedFrames } from '@akashganga/protocol';
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

/** Of those that were delivered, so many are told of: the manager may not have heard of the latest. */
const LATEST = 1000;
/** Bounds of what is told: leases, and frames of each. */
const MOST = 10_000;

/** What lies rendered on this disk, by lease, as a worker tells it before it asks for work. */
export function renderedHere({ kept, courier }: Pick<KeptWays, 'kept' | 'courier'>): RenderedFrames[] {
  const leases = new Map<string, RenderedFrames>();
  for (const { job, lease, frame } of [...courier.list(), ...kept.latest(LATEST)]) {
    const key = `${job} ${lease}`;
    const told = leases.get(key) ?? { job, lease, frames: [] };
    if (told.frames.length < MOST) told.frames.push(frame);
    leases.set(key, told);
  }
  return [...leases.values()].slice(0, MOST);
}

/** Frames of this lease that an earlier one had rendered here: they go on as this one's. Not where others are wanted. */
export function renderedBefore(lease: Lease, courier: Courier): number[] {
  if (lease.replace || lease.frames === null) return [];
  const again = new Set(lease.verify === null ? [] : parseFrames(lease.verify));
  return [...parseFrames(lease.frames)].filter((frame) => !again.has(frame) && courier.rebind(lease, frame));
}

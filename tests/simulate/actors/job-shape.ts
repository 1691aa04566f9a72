import type { NewJob, NewJobInput, ProbeReport } from '@akashganga/protocol';
import { newJob, probeReport } from '../../../packages/manager/src/schedule/farm.fixture.ts';
import type { Chance } from '../world/chance.ts';
import { chanceOf } from '../world/chance.ts';
import type { Faults } from '../world/faults.ts';

export type Times = 'uniform' | 'heavy' | 'growing';

/** What Blender would meet in a job: how long each frame takes and which ones fail, and how. */
export interface JobShape {
  readonly id: string;
  readonly seed: number;
  readonly frames: number;
  /** Mean seconds of a frame on a worker of speed 1. */
  readonly seconds: number;
  readonly times: Times;
  readonly input: NewJob;
  /** What the scene itself lacks. */
  readonly probe: ProbeReport;
  readonly badFrame: number;
  readonly hangingFrame: number;
  /** Bytes that a frame of it needs; less is too little. */
  readonly needsBytes: number;
}

/** Seconds of one frame on a worker of speed 1. */
export function frameSeconds(shape: JobShape, frame: number): number {
  const chance = chanceOf(shape.seed, frame);
  switch (shape.times) {
    case 'uniform':
      return shape.seconds * (0.9 + 0.2 * chance);
    case 'heavy':
      // Pareto with exponent 2, cut at thirty times its least: the mean is near 2 * its least.
      return Math.min(15, 0.5 / Math.sqrt(1 - chance)) * shape.seconds;
    case 'growing':
      return shape.seconds * (0.4 + (1.2 * frame) / Math.max(1, shape.frames)) * (0.95 + 0.1 * chance);
  }
}

/** What happens to this frame on its n-th try; null when it renders. */
export function fateOf(shape: JobShape, frame: number, tried: number): string | null {
  const chance = chanceOf(shape.seed ^ 0x51ed, frame);
  if (chance < shape.hangingFrame) return 'render.hung';
  if (chance >= shape.badFrame) return null;
  // Most bad frames fail once or twice, some for ever.
  const times = [1, 1, 1, 2, 2, 99][Math.floor(chanceOf(shape.seed, frame ^ 0x77) * 6)] ?? 1;
  if (tried >= times) return null;
  return ['render.crashed', 'render.no-file', 'render.bad-file'][frame % 3] ?? 'render.crashed';
}

/** The one resource that the farm may have only so many of. */
export const RESOURCE = 'licence';

export function drawJob(chance: Chance, count: number, workSeconds: number, faults: Faults): JobShape {
  const seconds = chance.scaled(2, 300);
  const frames = Math.max(1, Math.min(60, Math.round(workSeconds / seconds)));
  const ownRange = chance.happens(0.4);
  return makeJob({
    id: jobName(count),
    seed: Math.floor(chance.next() * 2 ** 31),
    frames,
    seconds,
    times: chance.oneOf(['uniform', 'heavy', 'growing'] as const) ?? 'uniform',
    badFrame: chance.happens(0.5) ? faults.badFrame * 2 : 0,
    hangingFrame: faults.hangingFrame,
    asked: {
      frames: ownRange ? null : `1-${frames}`,
      submitter: chance.oneOf(['asha', 'bela', 'chand']) ?? 'asha',
      priority: chance.oneOf([50, 50, 50, 20, 80]) ?? 50,
      tags: chance.happens(0.15) ? ['gpu'] : [],
      chunk: chance.happens(0.3) ? chance.whole(1, 8) : null,
      paused: chance.happens(0.05),
      film: chance.happens(0.1) ? { none: true } : {},
      maxSlots: chance.happens(0.15) ? chance.whole(1, 3) : null,
      uses: chance.happens(0.15) ? [RESOURCE] : [],
      order: chance.happens(0.3) ? 'coarse' : 'forward',
      needs: chance.happens(0.1) ? { memory: 16 * GIB } : {},
      afterJob: chance.happens(0.1) && count > 1 ? jobName(chance.whole(1, count - 1)) : null,
    },
    isInSequence: chance.happens(0.08),
    needsBytes: chance.happens(0.08) ? 16 * GIB : 0,
    noCamera: chance.happens(faults.badFrame * 0.5),
  });
}

const GIB = 2 ** 30;

function jobName(count: number): string {
  return `job-${String(count).padStart(3, '0')}`;
}

export function makeJob(
  wanted: Omit<JobShape, 'input' | 'probe' | 'needsBytes'> & {
    readonly asked: Partial<NewJobInput>;
    readonly noCamera?: boolean;
    readonly isInSequence?: boolean;
    readonly needsBytes?: number;
  },
): JobShape {
  const { asked, noCamera = false, isInSequence = false, needsBytes = 0, ...shape } = wanted;
  const input = newJob({ name: shape.id, frames: null, ...asked });
  const camera = noCamera ? null : 'Camera';
  const order = isInSequence ? 'sequence' : 'any';
  const probe = probeReport({ camera, frameStart: 1, frameEnd: shape.frames, order });
  return { ...shape, input, probe, needsBytes };
}

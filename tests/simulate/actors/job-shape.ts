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

export function drawJob(chance: Chance, count: number, workSeconds: number, faults: Faults): JobShape {
  const seconds = chance.scaled(2, 300);
  const frames = Math.max(1, Math.min(60, Math.round(workSeconds / seconds)));
  const ownRange = chance.happens(0.4);
  return makeJob({
    id: `job-${String(count).padStart(3, '0')}`,
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
    },
    noCamera: chance.happens(faults.badFrame * 0.5),
  });
}

export function makeJob(
  wanted: Omit<JobShape, 'input' | 'probe'> & {
    readonly asked: Partial<NewJobInput>;
    readonly noCamera?: boolean;
  },
): JobShape {
  const { asked, noCamera = false, ...shape } = wanted;
  const input = newJob({ name: shape.id, frames: null, ...asked });
  const camera = noCamera ? null : 'Camera';
  return { ...shape, input, probe: probeReport({ camera, frameStart: 1, frameEnd: shape.frames }) };
}

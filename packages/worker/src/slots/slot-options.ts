import { join } from 'node:path';
import type { WorkerOptions } from '../worker-options.ts';

const SLOW_MOTION_SECONDS = 1.5;

/** What a worker's own options say of one of its slots. */
export function slotOptions(options: WorkerOptions, number: number) {
  const { folder, threads, environment, sandbox, log } = options;
  const { slowMotionSeconds = SLOW_MOTION_SECONDS, silenceLimitSeconds = null } = options;
  const own = join(folder, 'slots', String(number));
  return {
    number,
    gpu: options.cards?.[number] ?? null,
    threads,
    folder: own,
    shaders: join(folder, 'shaders'),
    slowMotionSeconds,
    silenceLimitSeconds,
    environment,
    sandbox,
    log,
  };
}

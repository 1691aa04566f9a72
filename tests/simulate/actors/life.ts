import type { Timer } from '../world/clock.ts';

/** The process a part of a simulated worker belongs to: what it set going ends with it. */
export interface Life {
  readonly boot: string;
  readonly isAlive: boolean;
  /** `run`, unless this process has ended by then. */
  readonly whileBoot: <T extends unknown[]>(run: (...given: T) => void) => (...given: T) => void;
  readonly after: (ms: number, run: () => void) => Timer;
}

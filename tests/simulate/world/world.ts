import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';

/** What all actors share. Faults are replaced by `calm` ones when the rough time is over. */
export interface World {
  readonly clock: Clock;
  readonly chance: Chance;
  faults: Faults;
}

/** Thrown when the farm does what it must never do. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function must(condition: boolean, what: () => string): void {
  if (!condition) throw new Broken(what());
}

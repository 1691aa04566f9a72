import { FarmError } from '@akashganga/protocol';

/** For commands of the contract that a later release brings. */
export function notYet(what: string): never {
  throw new FarmError('usage.not-yet', { what });
}

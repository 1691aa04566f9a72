import { FarmClient } from '@akashganga/client';
import { FarmError, type JoinTicket, readJoinCode } from '@akashganga/protocol';
import { type Membership, writeMembership } from '../farm/farm-files.ts';
import { mustBeWelcome } from '../farm/must-be-welcome.ts';
import type { CommandContext } from './common-flags.ts';

/** Finds the address by which this computer reaches the farm of a join code, and remembers it. */
export async function joinFarm(code: string, context: CommandContext): Promise<Membership> {
  const ticket = readJoinCode(code);
  const membership = await firstReachable(ticket);
  // A code that no longer opens the farm must not take the place of one that does.
  await mustBeWelcome(membership);
  await writeMembership(context.data, membership);
  return membership;
}

async function firstReachable(ticket: JoinTicket): Promise<Membership> {
  let last: unknown = new FarmError('farm.unreachable', { url: ticket.urls[0] ?? '', why: 'no address' });
  for (const url of ticket.urls) {
    await using client = new FarmClient({ url, key: ticket.key });
    try {
      await client.check({ timeoutSeconds: 5 });
      return { url, key: ticket.key };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

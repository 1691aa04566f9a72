import { FarmClient } from '@akashganga/client';
import { FarmError, farmRoutes } from '@akashganga/protocol';
import type { RoleFarm } from './role-farm.ts';

/**
 * Throws when the farm answers and will not have this computer (a wrong key, another release), because no waiting
 * mends that. A farm that does not answer yet is waited for by the role itself.
 */
export async function mustBeWelcome(farm: RoleFarm): Promise<void> {
  await using client = new FarmClient(farm);
  try {
    await client.check({ timeoutSeconds: 5 });
    await client.call(farmRoutes.summary, { timeoutSeconds: 5 });
  } catch (error) {
    if (!(error instanceof FarmError) || error.retry === 'never') throw error;
  }
}

import type { Role } from '@akashganga/protocol';

/** Who asks: somebody with a token, or another member of the farm. */
export interface Principal {
  readonly role: Role;
  /** Of the token or the member. `key`: whoever can read the farm's own key. */
  readonly id: string;
  /** What people call it; null for the key, whose bearers say themselves who they are. */
  readonly name: string | null;
  /** An artist who may change the jobs of others, too. */
  readonly allJobs: boolean;
}

export const OWNER: Principal = { role: 'admin', id: 'key', name: null, allJobs: true };

import type { Change } from '@akashganga/protocol';
import type { JoinCodeRow, MemberRow, TokenRow } from '../record/access-rows.ts';
import type { Asker } from './asker.ts';

/** What was done about who may do what: for the history, and without any secret. */
export function changeOfToken(what: string, row: TokenRow, asker: Asker, at: number): Change {
  const { id, name, role, expiresAt, allJobs } = row;
  const detail = what === 'add-token' ? { id, name, role, allJobs, expiresAt } : { id, name, role };
  return { at, ...asker, what, job: null, worker: null, detail };
}

export function changeOfCode(what: string, row: JoinCodeRow, asker: Asker, at: number): Change {
  const { id, for: role, uses, used, expiresAt, rendersOnly } = row;
  const detail = what === 'add-join-code' ? { id, for: role, uses, rendersOnly, expiresAt } : { id, used };
  return { at, ...asker, what, job: null, worker: null, detail };
}

export function changeOfMember(what: string, row: MemberRow, asker: Asker, at: number): Change {
  const { id, name, role, joinCode } = row;
  const detail = {
    ...(what === 'join' ? { joinCode } : {}),
    ...(role === 'worker' ? {} : { id }),
    name,
    role,
  };
  return { at, ...asker, what, job: null, worker: role === 'worker' ? id : null, detail };
}

import { FarmError, frameHeaders } from '@akashganga/protocol';
import { isGranted, isOf, leaseReader, type Member, memberOn } from '@akashganga/trust';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { LOCAL_SENDER } from '../gather/frame-chunks.ts';

type Bound = Context<{ Bindings: HttpBindings }>;

/** What a worker shows with all that it sends. */
export interface LeaseCheck {
  /** Of which lease something of this frame comes; null for roles of this computer. Throws `access.forbidden`. */
  leaseOf(context: Bound, place: { readonly job: string; readonly frame: number }): string | null;
  /** Whose are chunks of frames that have yet to be delivered. Throws `access.forbidden` for who was given no lease. */
  senderOf(context: Bound): string;
}

/**
 * A worker of another computer shows with each delivery what it was given: the manager signed it, so nobody need be
 * asked. Roles of this computer, which show the farm's key, are believed. `authority` is PEM.
 */
export function leaseCheck(authority: string | null): LeaseCheck {
  const read = authority === null ? () => null : leaseReader(authority);
  return {
    leaseOf(context, { job, frame }) {
      const member = memberOn(context.env.incoming.socket);
      if (member === null) return null;
      const grant = read(context.req.header(frameHeaders.pass) ?? '');
      const lease = context.req.header(frameHeaders.lease) ?? grant?.lease;
      const worker = context.req.header(frameHeaders.worker) ?? grant?.worker;
      const isOwn = grant?.lease === lease && grant?.worker === worker;
      if (!grant || !isOwn || !isGranted(grant, member.id, job, frame))
        throw forbidden(member, `frame ${frame} of ${job} is not in its lease`);
      if (context.req.header(frameHeaders.replace) === '1' && !grant.replace)
        throw forbidden(member, `frame ${frame} of ${job} was not asked for again`);
      return grant.lease;
    },
    senderOf(context) {
      const member = memberOn(context.env.incoming.socket);
      if (member === null) return LOCAL_SENDER;
      const grant = read(context.req.header(frameHeaders.pass) ?? '');
      if (grant && isOf(grant, member.id)) return grant.worker;
      throw forbidden(member, 'it shows no lease of its own');
    },
  };
}

/** Workers deliver, and read nothing: what others rendered is not theirs to see. Throws `access.forbidden`. */
export function refuseReaders(member: Member | null, method: string): void {
  if (member?.role !== 'worker' || method === 'PUT' || method === 'POST') return;
  throw forbidden(member, 'workers read nothing here');
}

function forbidden({ id }: Member, why: string): FarmError {
  return new FarmError('access.forbidden', { who: id, why });
}

import { FarmError, frameHeaders } from '@akashganga/protocol';
import { isGranted, leaseReader, memberOn } from '@akashganga/trust';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/** Throws `access.forbidden` unless the caller may deliver something of this frame. */
export type LeaseCheck = (
  context: Context<{ Bindings: HttpBindings }>,
  place: { readonly job: string; readonly frame: number },
) => void;

/**
 * A worker of another computer shows with each delivery what it was given: the manager signed it, so nobody need be
 * asked. Roles of this computer, which show the farm's key, are believed. `authority` is PEM.
 */
export function leaseCheck(authority: string | null): LeaseCheck {
  const read = authority === null ? () => null : leaseReader(authority);
  return (context, { job, frame }) => {
    const member = memberOn(context.env.incoming.socket);
    if (member === null) return;
    const grant = read(context.req.header(frameHeaders.pass) ?? '');
    const lease = context.req.header(frameHeaders.lease) ?? grant?.lease;
    const worker = context.req.header(frameHeaders.worker) ?? grant?.worker;
    const isOwn = grant?.lease === lease && grant?.worker === worker;
    if (grant && isOwn && isGranted(grant, member.id, job, frame)) {
      if (context.req.header(frameHeaders.replace) !== '1' || grant.replace) return;
      const why = `frame ${frame} of ${job} was not asked for again`;
      throw new FarmError('access.forbidden', { who: member.id, why });
    }
    throw new FarmError('access.forbidden', {
      who: member.id,
      why: `frame ${frame} of ${job} is not in its lease`,
    });
  };
}

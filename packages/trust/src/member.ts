import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { MemberRole } from '@akashganga/protocol';
import type { PortTls } from './open-port.ts';

/** What a member shows and whom it trusts: PEM texts. Without `certificate` and `key` it only knows the farm. */
export interface TlsIdentity {
  readonly authority: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** A member of the farm as its certificate names it. */
export interface Member {
  readonly role: MemberRole;
  readonly id: string;
}

/** The name by which members ask for the farm's own certificate, whatever address they reached. */
export const INTERNAL_NAME = 'farm.akashganga.internal';

/** How the port of a member answers; null for one without a certificate. */
export function tlsOf(identity: TlsIdentity | null): PortTls | null {
  if (!identity?.certificate || !identity.key) return null;
  // Read at each connection: it may be renewed meanwhile.
  const own = () => ({ certificate: identity.certificate ?? '', key: identity.key ?? '' });
  return { authority: identity.authority, own };
}

const seen = new WeakMap<TLSSocket, Member | null>();

/** Whose certificate came over this connection; null when none did, or none of this farm's. */
export function memberOn(socket: Socket): Member | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const known = seen.get(socket);
  if (known !== undefined) return known;
  const member = memberOf(socket.getPeerCertificate());
  seen.set(socket, member);
  return member;
}

/** What a verified certificate says. */
export function memberOf(certificate: PeerCertificate): Member | null {
  const { CN: id, OU: role } = certificate.subject ?? {};
  if (typeof id !== 'string' || (role !== 'manager' && role !== 'worker' && role !== 'frames')) return null;
  return { role, id };
}

/** Of an address or a host name; a name that only begins like one of this computer, as 127.0.0.1.example, is another's. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host)
  );
}

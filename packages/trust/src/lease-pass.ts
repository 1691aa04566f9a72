import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { parseFrames } from '@akashganga/protocol';

/** What a worker was given to render. */
export interface LeaseGrant {
  readonly lease: string;
  readonly job: string;
  /** To whom it was given. */
  readonly worker: string;
  /** A frame spec. */
  readonly frames: string;
  /** They were asked for again: they may take the place of what is kept. */
  readonly replace?: boolean;
}

/** So that nothing else that the authority signs can pass for a grant. */
const PREFIX = 'akashganga lease 1\n';
/** Longer ones do not fit into a header; their range is granted instead. */
const LONGEST_SPEC = 4000;

/** Signs what workers are given, so that a frame server which knows the authority need ask nobody. About 0.05 ms each. */
export function leaseSigner(authorityKey: string): (grant: LeaseGrant) => string {
  const key = createPrivateKey(authorityKey);
  return (grant) => {
    const words = Buffer.from(JSON.stringify({ ...grant, frames: short(grant.frames) }));
    const signature = sign('sha256', Buffer.concat([Buffer.from(PREFIX), words]), key);
    return `${words.toString('base64url')}.${signature.toString('base64url')}`;
  };
}

/** Reads passes that this authority (PEM) signed; null for any other. */
export function leaseReader(authority: string): (pass: string) => LeaseGrant | null {
  const key: KeyObject = new X509Certificate(authority).publicKey;
  return (pass) => {
    const [words = '', signature = ''] = pass.split('.').map((part) => Buffer.from(part, 'base64url'));
    if (
      !verify('sha256', Buffer.concat([Buffer.from(PREFIX), Buffer.from(words)]), key, Buffer.from(signature))
    )
      return null;
    return JSON.parse(words.toString()) as LeaseGrant;
  };
}

/** Whether it was given to the member; workers of its graphics cards are called after it. */
export function isOf(grant: LeaseGrant, member: string): boolean {
  return grant.worker === member || grant.worker.startsWith(`${member}-`);
}

/** Whether this frame of this job was given to the member. */
export function isGranted(grant: LeaseGrant, member: string, job: string, frame: number): boolean {
  if (!isOf(grant, member) || grant.job !== job) return false;
  const range = /^(-?\d+)-(-?\d+)$/.exec(grant.frames);
  if (range) return frame >= Number(range[1]) && frame <= Number(range[2]);
  return parseFrames(grant.frames).includes(frame);
}

function short(frames: string): string {
  if (frames.length <= LONGEST_SPEC) return frames;
  const all = parseFrames(frames);
  return `${all[0]}-${all.at(-1)}`;
}

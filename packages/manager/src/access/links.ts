import { createHmac, timingSafeEqual } from 'node:crypto';

/** One film, or one frame, that a link shows. */
export interface LinkGrant {
  readonly job: string;
  /** Null: the film. */
  readonly frame: number | null;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** The token it was made with: the link is worth no more than that. */
  readonly by: string;
}

// So that nothing else that is signed with the farm's key can pass for a link.
const PREFIX = 'akashganga link 1\n';
const SHAPE = /^[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_-]{43}$/;

/** The link as text: what it grants, to be read by anybody, and a signature that only the farm's key makes. */
export function writeLink(key: string, { job, frame, until, by }: LinkGrant): string {
  const words = Buffer.from(JSON.stringify([job, frame, until, by])).toString('base64url');
  return `${words}.${sign(key, words)}`;
}

/** What a link grants; null for one that this farm did not sign. When it ends is for the caller to look at. */
export function readLink(key: string, text: string): LinkGrant | null {
  if (!SHAPE.test(text)) return null;
  const [words = '', signature = ''] = text.split('.');
  // As texts of one length: the last letter of several spells the same bytes.
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(sign(key, words)))) return null;
  const [job, frame, until, by] = JSON.parse(Buffer.from(words, 'base64url').toString()) as [
    string,
    number | null,
    number,
    string,
  ];
  return { job, frame, until, by };
}

function sign(key: string, words: string): string {
  return createHmac('sha256', key).update(PREFIX).update(words).digest('base64url');
}

import { Digest, FarmError, frameHeaders, LeaseId, sealedWords, WorkerId } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import type { Delivery } from '../gather/receive-frame.ts';
import { isPictureExtension, knownExtensions } from '../pictures/picture-kinds.ts';

/** What the headers of a delivered frame say. Throws `request.invalid`. */
export function readDelivery(
  header: (name: string) => string | undefined,
): Omit<Delivery, 'job' | 'frame' | 'bytes'> {
  const extension = header(frameHeaders.extension)?.toLowerCase();
  if (!isPictureExtension(extension))
    throw invalid(frameHeaders.extension, `"${extension ?? ''}" is none of ${knownExtensions.join(', ')}`);
  const digest = Digest.safeParse(header(frameHeaders.digest));
  if (!digest.success) throw invalid(frameHeaders.digest, 'it is not sha256: and 64 hex digits');
  const width = number(header, frameHeaders.width);
  const height = number(header, frameHeaders.height);
  return {
    digest: digest.data,
    extension,
    size: width === null || height === null ? null : { width, height },
    lease: id(header, frameHeaders.lease, LeaseId),
    worker: id(header, frameHeaders.worker, WorkerId),
    seconds: number(header, frameHeaders.seconds),
    memory: number(header, frameHeaders.memory),
    replace: header(frameHeaders.replace) === '1',
  };
}

/**
 * Bytes are checked against their digest; this checks that they are put where the sender meant. Who sends no seal is
 * believed. Throws `blob.garbled`.
 */
export function checkSeal(
  place: { readonly job: string; readonly frame: number; readonly name?: string },
  header: (name: string) => string | undefined,
): void {
  const seal = header(frameHeaders.seal);
  if (seal === undefined || seal === hashBytes(Buffer.from(sealedWords(place, header)))) return;
  throw new FarmError('blob.garbled');
}

function number(header: (name: string) => string | undefined, name: string): number | null {
  const text = header(name);
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw invalid(name, `"${text}" is not a number from 0 on`);
  return value;
}

function id(
  header: (name: string) => string | undefined,
  name: string,
  schema: typeof LeaseId,
): string | null {
  const text = header(name);
  if (text === undefined || text === '') return null;
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw invalid(name, `"${text.slice(0, 80)}" is not an id`);
  return parsed.data;
}

function invalid(name: string, why: string): FarmError {
  return new FarmError('request.invalid', { why: `header ${name}: ${why}` });
}

import { FarmError } from '@akashganga/protocol';

const KNOWN_STARTS: readonly (readonly [string, string])[] = [
  ['MZ', 'it is a Windows program'],
  ['\x7fELF', 'it is a Linux program'],
  ['PK\x03\x04', 'it is a zip archive; unpack it first'],
  ['\x89PNG', 'it is a PNG picture'],
  ['%PDF', 'it is a PDF document'],
  ['BLENDER', 'its header is of a kind this release does not know'],
];

/** `scene.not-blend`, with what the first bytes say it is instead. */
export function notBlend(path: string, start: Uint8Array): FarmError {
  const text = Buffer.from(start).toString('latin1');
  const why = KNOWN_STARTS.find(([known]) => text.startsWith(known))?.[1] ?? 'it does not begin as one does';
  return new FarmError('scene.not-blend', { path, why });
}

export function cutShort(path: string, why: string, cause?: unknown): FarmError {
  return new FarmError('scene.truncated', { path, why }, { cause });
}

import { z } from 'zod';

/** `sha256:` and 64 lower-case hex digits. The algorithm stays in the name so that it can change. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hex digits')
  .meta({ example: `sha256:${'0'.repeat(64)}` });
export type Digest = z.infer<typeof Digest>;

/** The digest's hex digits, which are safe as a file name. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

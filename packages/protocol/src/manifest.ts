import { z } from '@hono/zod-openapi';
import { Digest } from './digest.ts';

/**
 * A path inside a scene: relative, with `/`, and safe on every platform. Windows device names, names that
 * end in a dot or blank, `..`, NUL and control characters are refused.
 */
export const ScenePath = z
  .string()
  .min(1)
  .max(1024)
  .refine(isSafePath, 'a path in a scene is relative, has no .., no control characters and no device names');

const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

function isSafePath(path: string): boolean {
  return path.split('/').every(isSafePart);
}

function isSafePart(part: string): boolean {
  if (part === '' || part === '.' || part === '..') return false;
  if (Buffer.byteLength(part) > 255) return false;
  if (/[\p{Cc}\\:*?"<>|]/u.test(part) || /[. ]$/.test(part)) return false;
  return !DEVICE.test(part);
}

export const ManifestFile = z.object({
  path: ScenePath,
  digest: Digest,
  size: z.number().int().nonnegative(),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

/** A scene or a build as a list of files. It is itself a blob: JSON, keys in this order, files sorted by path. */
export const Manifest = z
  .object({ version: z.literal(1), files: z.array(ManifestFile).min(1).max(1_000_000) })
  .refine(
    (manifest) =>
      new Set(manifest.files.map((file) => file.path.toLowerCase().normalize('NFC'))).size ===
      manifest.files.length,
    'two paths differ only in case',
  )
  .openapi('Manifest');
export type Manifest = z.infer<typeof Manifest>;

/** The bytes of a manifest: the same files give the same bytes, hence the same digest. */
export function manifestBytes(files: readonly ManifestFile[]): Buffer {
  const sorted = files
    .map(({ path, digest, size }) => ({ path, digest, size }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.from(JSON.stringify({ version: 1, files: sorted }));
}

import { z } from 'zod';
import { LARGEST_CHUNK } from './chunks/largest-chunk.ts';
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

const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])[ ]*(\..*)?$/i;

function isSafePath(path: string): boolean {
  return path.split('/').every(isSafePart);
}

function isSafePart(part: string): boolean {
  if (part === '' || part === '.' || part === '..') return false;
  if (Buffer.byteLength(part) > 255) return false;
  if (/[\p{Cc}\p{Cs}\\:*?"<>|]/u.test(part) || /[. ]$/.test(part)) return false;
  return !DEVICE.test(part);
}

/** A manifest of a million files is about this large. Bytes. */
export const LARGEST_MANIFEST = 200 * 1024 * 1024;
/** A terabyte in chunks of the usual size. */
const MOST_CHUNKS = 1_000_000;

export const Chunk = z.object({ digest: Digest, size: z.number().int().min(1).max(LARGEST_CHUNK) });
/** A piece of a large file, cut where its content says. */
export type Chunk = z.infer<typeof Chunk>;

export const ManifestFile = z
  .object({
    path: ScenePath,
    digest: Digest,
    size: z.number().int().nonnegative(),
    chunks: z.array(Chunk).min(2).max(MOST_CHUNKS).optional(),
    executable: z.literal(true).optional(),
  })
  .superRefine((file, context) => {
    const why = whyOddSizes(file);
    if (why) context.addIssue({ code: 'custom', message: `${file.path} ${why}` });
  })
  .meta({
    id: 'ManifestFile',
    description: `A file of more than ${LARGEST_CHUNK} bytes lists its chunks, in order; a smaller one is one blob.`,
  });
export type ManifestFile = z.infer<typeof ManifestFile>;

function whyOddSizes({ size, chunks }: { size: number; chunks?: Chunk[] | undefined }): string | null {
  if (!chunks) return size > LARGEST_CHUNK ? 'is too large for one blob and lists no chunks' : null;
  if (size <= LARGEST_CHUNK) return 'lists chunks, but is small enough for one blob';
  const sum = chunks.reduce((all, chunk) => all + chunk.size, 0);
  return sum === size ? null : `has chunks of ${sum} bytes, not the ${size} it says`;
}

/** A scene or a build as a list of files. It is itself a blob: JSON, keys in this order, files sorted by path. */
export const Manifest = z
  .object({ version: z.literal(1), files: z.array(ManifestFile).min(1).max(1_000_000) })
  .superRefine(({ files }, context) => {
    const why = whyPathsClash(files);
    if (why) context.addIssue({ code: 'custom', message: why });
    const chunks = files.reduce((all, file) => all + (file.chunks?.length ?? 0), 0);
    if (chunks > MOST_CHUNKS) context.addIssue({ code: 'custom', message: 'it has too many chunks' });
  })
  .meta({ id: 'Manifest' });
export type Manifest = z.infer<typeof Manifest>;

// Many file systems take names that differ only in case, or in how an accent is written, for one.
function whyPathsClash(files: readonly { path: string }[]): string | null {
  const seen = new Set<string>();
  for (const { path } of files) {
    const folded = path.toLowerCase().normalize('NFC');
    if (seen.has(folded)) return `two paths differ only in case: ${path}`;
    seen.add(folded);
  }
  for (const { path } of files) {
    const folded = path.toLowerCase().normalize('NFC');
    for (let slash = folded.indexOf('/'); slash > 0; slash = folded.indexOf('/', slash + 1))
      if (seen.has(folded.slice(0, slash))) return `${path} lies below a path that is a file`;
  }
  return null;
}

/** The bytes of a manifest: the same files give the same bytes, hence the same digest. */
export function manifestBytes(files: readonly ManifestFile[]): Buffer {
  const sorted = files
    .map(({ path, digest, size, chunks, executable }) => ({
      path,
      digest,
      size,
      ...(chunks ? { chunks: chunks.map((chunk) => ({ digest: chunk.digest, size: chunk.size })) } : {}),
      ...(executable ? { executable } : {}),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.from(JSON.stringify({ version: 1, files: sorted }));
}

/** The blobs a file is kept as, in order: its chunks, or itself. */
export function blobsOfFile(file: Pick<ManifestFile, 'digest' | 'size' | 'chunks'>): readonly Chunk[] {
  return file.chunks ?? [{ digest: file.digest, size: file.size }];
}

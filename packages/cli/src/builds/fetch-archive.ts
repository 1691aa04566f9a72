import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FarmError } from '@akashganga/protocol';
import { LARGEST_BUILD } from './build-files.ts';

export interface Offer {
  /** As 4.2.1, or a series, as 4.2, for the newest of it. */
  readonly version: string;
  readonly platform: string;
  /** Where archives lie as on download.blender.org/release. */
  readonly from: string;
  readonly onProgress?: (bytes: number, total: number | null) => void;
}

/** How blender.org calls the archives of a platform; older ones had other names. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'linux-x64': ['linux-x64.tar.xz', 'linux64.tar.xz'],
  'win32-x64': ['windows-x64.zip', 'windows64.zip'],
  'win32-arm64': ['windows-arm64.zip'],
};

/**
 * Fetches the archive of a version into `folder`, checked against the checksum that is published beside it, and gives
 * its path. Throws `build.not-offered`, `build.unreachable` or `build.wrong-checksum`.
 */
export async function fetchArchive(offer: Offer, folder: string, signal: AbortSignal): Promise<string> {
  const series = /^\d+\.\d+/.exec(offer.version)?.[0] ?? '';
  const base = `${offer.from.replace(/\/+$/, '')}/Blender${series}/`;
  const version = offer.version === series ? await newestOf(series, base, offer, signal) : offer.version;
  const checksums = await get(`${base}blender-${version}.sha256`, { ...offer, version }, signal);
  const listed = parseChecksums(await checksums.text());
  const name = (NAMES[offer.platform] ?? [])
    .map((ending) => `blender-${version}-${ending}`)
    .find((one) => listed.has(one));
  if (!name) throw notOffered({ ...offer, version }, base);
  const path = join(folder, name);
  const url = base + name;
  const digest = await download(url, path, offer, signal);
  if (digest !== listed.get(name)) throw new FarmError('build.wrong-checksum', { url });
  return path;
}

/** The folder of a series is a page with the names of its archives. */
async function newestOf(series: string, base: string, offer: Offer, signal: AbortSignal): Promise<string> {
  const page = await (await get(base, offer, signal)).text();
  const patches = [
    ...page.matchAll(new RegExp(`blender-${series.replace('.', '\\.')}\\.(\\d+)\\.sha256`, 'g')),
  ];
  if (patches.length === 0) throw notOffered(offer, base);
  return `${series}.${Math.max(...patches.map((match) => Number(match[1])))}`;
}

function parseChecksums(text: string): Map<string, string> {
  const lines = [...text.matchAll(/^([0-9a-f]{64})\s+\*?(\S+)$/gim)];
  return new Map(lines.map(([, digest = '', name = '']) => [name, digest.toLowerCase()]));
}

async function download(url: string, path: string, offer: Offer, signal: AbortSignal): Promise<string> {
  const reply = await get(url, offer, signal);
  const total = Number(reply.headers.get('content-length')) || null;
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(piece: Buffer, _, next) {
      bytes += piece.length;
      hash.update(piece);
      offer.onProgress?.(bytes, total);
      next(bytes > LARGEST_BUILD.bytes ? unreachable(url, offer, 'what it sends has no end') : null, piece);
    },
  });
  const body = reply.body
    ? Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0])
    : Readable.from([]);
  try {
    await pipeline(body, count, createWriteStream(path), { signal });
  } catch (cause) {
    if (signal.aborted || cause instanceof FarmError) throw cause;
    throw unreachable(url, offer, 'the transfer broke off', cause);
  }
  return hash.digest('hex');
}

async function get(url: string, offer: Offer, signal: AbortSignal): Promise<Response> {
  const reply = await fetch(url, { signal }).catch((error: Error) => {
    if (signal.aborted) throw error;
    const cause = error.cause as { code?: string } | undefined;
    throw unreachable(url, offer, cause?.code ?? error.message, error);
  });
  if (reply.ok) return reply;
  await reply.body?.cancel();
  if (reply.status === 404) throw notOffered(offer, url);
  throw unreachable(url, offer, `it answers with ${reply.status}`);
}

function notOffered({ version, platform }: Offer, url: string): FarmError {
  return new FarmError('build.not-offered', { version, platform, url });
}

function unreachable(url: string, { version }: Offer, why: string, cause?: unknown): FarmError {
  return new FarmError('build.unreachable', { version, url, why }, { cause });
}

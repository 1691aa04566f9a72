import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

export interface FileToSend {
  readonly path: string;
  readonly mediaType: string;
  /** What tells this content from every other; null when it has no digest. */
  readonly tag: string | null;
  /** What a browser shall call it when it is saved, or null. */
  readonly name: string | null;
}

/**
 * A file as an answer: all of it, one range of it (206, or 416 for one beyond its end), or 304 when the asker
 * has it. Null when it is not there. Several ranges are answered with the whole, as RFC 9110 14.2 allows.
 */
export async function sendFile(file: FileToSend, request: Request): Promise<Response | null> {
  const facts = await stat(file.path).catch(() => null);
  if (!facts?.isFile() || facts.size === 0) return null;
  const tag = file.tag === null ? `"${facts.size}-${Math.round(facts.mtimeMs)}"` : `"${file.tag}"`;
  const headers = new Headers({
    'content-type': file.mediaType,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    etag: tag,
  });
  if (file.name !== null) headers.set('content-disposition', contentDisposition(file.name));
  if (request.headers.get('if-none-match') === tag) return new Response(null, { status: 304, headers });
  const asked = request.headers.get('if-range') ?? tag;
  const range = asked === tag ? readRange(request.headers.get('range'), facts.size) : 'all';
  if (range === 'none') {
    headers.set('content-range', `bytes */${facts.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range === 'all' ? { start: 0, end: facts.size - 1 } : range;
  headers.set('content-length', String(end - start + 1));
  if (range !== 'all') headers.set('content-range', `bytes ${start}-${end}/${facts.size}`);
  // Hono answers HEAD with GET's headers; a stream that nobody reads would keep its file open.
  if (request.method === 'HEAD') return new Response(null, { status: range === 'all' ? 200 : 206, headers });
  const body = Readable.toWeb(createReadStream(file.path, { start, end })) as ReadableStream;
  return new Response(body, { status: range === 'all' ? 200 : 206, headers });
}

type Range = { readonly start: number; readonly end: number } | 'all' | 'none';

/** `bytes=0-99`, `bytes=100-` or `bytes=-50` of `size` bytes; `none` for a range that begins beyond the end. */
export function readRange(header: string | null, size: number): Range {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return 'all';
  if (match[1] === '') {
    const length = Number(match[2]);
    return length === 0 ? 'none' : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start >= size) return 'none';
  return end < start ? 'all' : { start, end };
}

/** The name twice: in ASCII for old browsers, and whole, as RFC 6266 and RFC 8187 have it. */
export function contentDisposition(name: string): string {
  const safe = name.replace(/[\p{Cc}/\\:*?"<>|]/gu, '_');
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_');
  const whole = encodeURIComponent(safe).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${ascii}"; filename*=UTF-8''${whole}`;
}

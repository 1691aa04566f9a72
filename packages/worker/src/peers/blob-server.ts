import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { API_PREFIX, Digest, FarmError, problemReply } from '@akashganga/protocol';
import { type BlobReader, byteRange, limitReader } from '@akashganga/storage';
import { BYTES_ONLY, memberOn, openPort, type TlsIdentity, tlsOf } from '@akashganga/trust';

export interface BlobServerOptions {
  readonly reader: BlobReader;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Who asks from this computer may have the farm's key instead of a certificate. */
  readonly key: string | null;
  /** What this worker shows to others. Null: it gives to this computer only. */
  readonly tls: TlsIdentity | null;
  /** Which members the farm has shut out. */
  readonly isShutOut?: (member: string) => boolean;
}

export interface BlobServer {
  readonly port: number;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 256;
const MOST_STREAMS = 32;
/** A reader that takes nothing for this long is cut off. */
const IDLE_MS = 30_000;
const PATH = `${API_PREFIX}/blobs/`;

/** Gives out the blobs this worker has to other workers of the farm, and nothing else. Throws what `listen` throws. */
export async function startBlobServer(options: BlobServerOptions): Promise<BlobServer> {
  const { reader, host, port, key, tls } = options;
  const bounded = limitReader(reader, MOST_STREAMS);
  const isKey = keyChecker(key);
  const open = await openPort({
    ...{ host, port, tls: tlsOf(tls), mostConnections: MOST_CONNECTIONS, headers: BYTES_ONLY },
    handler: (request, response) => {
      answer(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendProblem(response, error);
      });
    },
    tune(server) {
      server.headersTimeout = 10_000;
      server.requestTimeout = 10_000;
      server.timeout = IDLE_MS;
    },
  });
  open.unref();
  return { port: open.port, close: () => open.close() };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // No body is taken; one that comes nevertheless ends the connection.
    if (request.headers['content-length'] || request.headers['transfer-encoding'])
      response.setHeader('connection', 'close');
    const member = memberOn(request.socket);
    if (member && options.isShutOut?.(member.id))
      throw new FarmError('access.revoked', { member: member.id });
    if (member?.role !== 'worker') isKey(request.headers.authorization);
    const digest = digestOf(request);
    const size = await bounded.size(digest);
    if (size === null) throw new FarmError('blob.unknown', { digest });
    const range = byteRange(request.headers.range, size);
    const bytes = await bounded.get(digest, range ?? undefined);
    response.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': range ? range.end - range.start + 1 : size,
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
    });
    await pipeline(bytes, response);
  }
}

function digestOf({ method, url = '' }: IncomingMessage): Digest {
  const path = url.replace('%3A', ':');
  const digest = Digest.safeParse(path.slice(PATH.length));
  if (method === 'GET' && path.startsWith(PATH) && digest.success) return digest.data;
  throw new FarmError('request.unknown-route', { path: url.slice(0, 200) });
}

function keyChecker(key: string | null): (header: string | undefined) => void {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const expected = hash(`Bearer ${key}`);
  return (header) => {
    if (!header) throw new FarmError('access.no-key');
    if (key === null || !timingSafeEqual(hash(header), expected)) throw new FarmError('access.wrong-key');
  };
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const problem = error instanceof FarmError ? error : new FarmError('farm.internal');
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problemReply(problem)));
}

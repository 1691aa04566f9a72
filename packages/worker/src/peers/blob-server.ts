import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { API_PREFIX, Digest, FarmError, problemReply } from '@akashganga/protocol';
import { type BlobReader, byteRange, limitReader } from '@akashganga/storage';

export interface BlobServerOptions {
  readonly reader: BlobReader;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Who asks must have the farm's key. */
  readonly key: string;
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
export async function startBlobServer({ reader, host, port, key }: BlobServerOptions): Promise<BlobServer> {
  const bounded = limitReader(reader, MOST_STREAMS);
  const isKey = keyChecker(key);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendProblem(response, error);
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.timeout = IDLE_MS;
  await listen(server, host, port);
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // No body is taken; one that comes nevertheless ends the connection.
    if (request.headers['content-length'] || request.headers['transfer-encoding'])
      response.setHeader('connection', 'close');
    isKey(request.headers.authorization);
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

function keyChecker(key: string): (header: string | undefined) => void {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const expected = hash(`Bearer ${key}`);
  return (header) => {
    if (!header) throw new FarmError('access.no-key');
    if (!timingSafeEqual(hash(header), expected)) throw new FarmError('access.wrong-key');
  };
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const problem = error instanceof FarmError ? error : new FarmError('farm.internal');
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problemReply(problem)));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      listening();
    });
  });
}

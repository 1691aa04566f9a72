import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { FarmError, problemReply } from '@akashganga/protocol';
import { BodyPace, type PaceOptions } from './body-pace.ts';
import type { Certified } from './certificates.ts';
import { INTERNAL_NAME, isLoopback } from './member.ts';
import { isOwnHost } from './own-host.ts';

/** How a port answers other computers. */
export interface PortTls {
  /** The farm's authority (PEM): who shows a certificate of it is a member. */
  readonly authority: string;
  /** What this role shows to members. Asked at each connection, so that a renewed one is used at once. */
  readonly own: () => Certified;
  /** What browsers are shown instead; default: `own`. Asked at each connection, too. */
  readonly shown?: (() => Certified) | null;
  /** From which other addresses plain HTTP is taken, too: those of a proxy in front that speaks TLS. */
  readonly isProxy?: ((address: string) => boolean) | null;
  /** Names under which plain HTTP is taken, beside addresses and names without a dot. */
  readonly names?: readonly string[];
}

export interface PortOptions {
  readonly handler: http.RequestListener;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Null: plain HTTP for this computer, and for no other. */
  readonly tls: PortTls | null;
  /** Sets the timeouts and bounds of a server, where the usual ones do not fit. */
  readonly tune?: (server: http.Server | https.Server) => void;
  /** Of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How fast a body has to come. */
  readonly pace?: PaceOptions;
  /** Default: any number. */
  readonly mostConnections?: number;
}

export interface OpenPort {
  readonly port: number;
  /** Ends at once, or lets answers under way finish for so many seconds. */
  close(seconds?: number): Promise<void>;
  /** The process may end although this port is open. */
  unref(): void;
}

/** The first byte of every TLS connection: a record of type "handshake" (RFC 8446, 5.1). */
const HANDSHAKE = 0x16;
/** Who connects and says nothing, or does not end the greeting of TLS, is cut off. */
const FIRST_BYTE_MS = 10_000;
/** So long the head of a request may take, however slowly it drips in. */
const HEAD_MS = 15_000;
/** How often that is looked at. */
const LOOK_MS = 5000;
const USUAL: http.ServerOptions = { connectionsCheckingInterval: LOOK_MS, headersTimeout: HEAD_MS };

/** What answers that are no page say to browsers, should one show them: run nothing of this, and guess at nothing. */
export const BYTES_ONLY: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/**
 * One port for both: plain HTTP for callers on this computer, TLS for whoever begins with it. Plain HTTP from another
 * computer is refused with a sentence. Throws `machine.port-in-use`.
 */
export async function openPort(options: PortOptions): Promise<OpenPort> {
  const { tls, tune, headers = {} } = options;
  const isHere = (socket: Socket) => isLoopback(socket.remoteAddress ?? '');
  const pace = new BodyPace(options.pace);
  const handler: http.RequestListener = (request, response) => {
    for (const name in headers) response.setHeader(name, headers[name] ?? '');
    pace.watch(request);
    options.handler(request, response);
  };
  const plainly: http.RequestListener = (request, response) =>
    isOwnHost(request.headers.host, tls?.names ?? [])
      ? handler(request, response)
      : refuse('access.wrong-host', request, response);
  const refuseHttp = refuse.bind(null, 'access.needs-tls');
  if (!tls) {
    const only = http.createServer(USUAL, (request, response) =>
      isHere(request.socket) ? plainly(request, response) : refuseHttp(request, response),
    );
    tune?.(only);
    return opened(only, [only], options, pace);
  }
  const plain = http.createServer(USUAL, plainly);
  tune?.(plain);
  const secure = https.createServer({ ...USUAL, ...secureOptions(tls) }, handler);
  const keepShown = shownToAll(secure, tls);
  tune?.(secure);
  const refusing = http.createServer(USUAL, refuseHttp);
  // They listen nowhere themselves; this starts their watch over slow callers.
  for (const server of [plain, secure, refusing]) server.emit('listening');
  secure.on('tlsClientError', (_, socket) => socket.destroy());
  const isWelcome = (socket: Socket) =>
    isHere(socket) || (tls.isProxy?.(socket.remoteAddress ?? '') ?? false);
  const waiting = new Set<Socket>();
  const front = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    waiting.add(socket);
    socket.once('close', () => waiting.delete(socket));
    const onError = () => socket.destroy();
    socket.on('error', onError);
    socket.setTimeout(FIRST_BYTE_MS, onError);
    socket.once('data', (first) => {
      socket.pause();
      waiting.delete(socket);
      socket.off('error', onError);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(first);
      socket.allowHalfOpen = first[0] !== HANDSHAKE;
      const target = first[0] === HANDSHAKE ? secure : isWelcome(socket) ? plain : refusing;
      if (target === secure) keepShown();
      target.emit('connection', socket);
      // TLS takes what was read already by itself.
      if (target !== secure) socket.resume();
    });
  });
  return opened(front, [plain, secure, refusing], options, pace, waiting);
}

async function opened(
  front: Server,
  servers: readonly (http.Server | https.Server)[],
  { host, port, mostConnections }: PortOptions,
  pace: BodyPace,
  waiting: Iterable<Socket> = [],
): Promise<OpenPort> {
  const sockets = new Set<Socket>();
  front.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  if (mostConnections !== undefined) front.maxConnections = mostConnections;
  await new Promise<void>((listening, failed) => {
    front.once('error', (cause: NodeJS.ErrnoException) =>
      failed(
        cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new FarmError('machine.port-in-use', { port, host, flag: '--port' }, { cause })
          : cause,
      ),
    );
    front.listen(port, host, listening);
  });
  return {
    port: (front.address() as AddressInfo).port,
    unref: () => front.unref(),
    async close(seconds = 0) {
      pace.close();
      const closed = new Promise((done) => front.close(done));
      // Connections that are kept open for more requests, but have none.
      const cutIdle = () => servers.forEach((server) => void server.closeIdleConnections());
      const cutAll = () => sockets.forEach((socket) => void socket.destroy());
      for (const socket of waiting) socket.destroy();
      if (seconds === 0) cutAll();
      cutIdle();
      const idle = setInterval(cutIdle, 100);
      const force = setTimeout(cutAll, seconds * 1000);
      await closed;
      clearInterval(idle);
      clearTimeout(force);
      for (const server of servers) if (server !== front) server.close(() => undefined);
    },
  };
}

function secureOptions(tls: PortTls): https.ServerOptions {
  const { authority } = tls;
  // Two at most: its own, and the one that is shown. Made anew when they change.
  const contexts = new Map<string, { readonly of: string; readonly context: SecureContext }>();
  const contextOf = (kind: 'own' | 'shown') => {
    const { certificate, key } = kind === 'own' ? tls.own() : shownNow(tls);
    const known = contexts.get(kind);
    if (known?.of === certificate) return known.context;
    const context = createSecureContext(certified({ certificate, key }, authority));
    contexts.set(kind, { of: certificate, context });
    return context;
  };
  return {
    ...certified(shownNow(tls), authority),
    handshakeTimeout: FIRST_BYTE_MS,
    // Who has no certificate may still have a token; whether a caller is a member is asked at each request.
    requestCert: true,
    rejectUnauthorized: false,
    SNICallback: (name, done) => done(null, contextOf(name === INTERNAL_NAME ? 'own' : 'shown')),
  };
}

/** What is shown to who asks for no name, as browsers that were given an address: kept as it is now. */
function shownToAll(secure: https.Server, tls: PortTls): () => void {
  let last = shownNow(tls).certificate;
  return () => {
    const now = shownNow(tls);
    if (now.certificate === last) return;
    last = now.certificate;
    secure.setSecureContext(certified(now, tls.authority));
  };
}

function shownNow({ own, shown }: PortTls): Certified {
  return shown ? shown() : own();
}

function certified({ certificate, key }: Certified, authority: string) {
  const minVersion = 'TLSv1.3' as const;
  return { cert: withAuthority(certificate, authority), key, ca: authority, minVersion };
}

// Members that join see the authority's certificate in the chain and compare its fingerprint.
function withAuthority(certificate: string, authority: string): string {
  return `${certificate.trimEnd()}\n${authority}`;
}

function refuse(
  code: 'access.needs-tls' | 'access.wrong-host',
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const problem = problemReply(new FarmError(code, { host: request.headers.host ?? '' }));
  response.writeHead(problem.status, {
    ...BYTES_ONLY,
    ...{ 'content-type': 'application/problem+json', connection: 'close' },
  });
  response.end(JSON.stringify(problem));
}

import type { Readable } from 'node:stream';
import {
  API_PREFIX,
  API_VERSION,
  errorFromReply,
  FarmError,
  farmRoutes,
  fillPath,
  type Health,
  ProblemReply,
} from '@akashganga/protocol';
import { Agent, type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import { connectorFor, type Expected, refusePlainHttp, whyNotTrusted } from './secure-link.ts';

export interface FarmAddress extends Expected {
  /** Base URL, without `/api/v1`. Plain HTTP is for this computer only. */
  readonly url: string;
  /** A token of the farm, or its own key on its own computer. Other members never see it. */
  readonly key?: string | null;
  /** How long a connection may take to be made. Default 5 s. */
  readonly connectSeconds?: number;
  /** Who calls, for the farm's history. */
  readonly by?: string;
}

/** A JSON route of `@akashganga/protocol`. */
interface CallableRoute {
  readonly route: { readonly method: string; readonly path: string };
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly reply: z.ZodType;
}

type Params<Schema> = Schema extends z.ZodType
  ? { params: { [name in keyof z.output<Schema>]: string | number } }
  : { params?: undefined };
type Query<Schema> = Schema extends z.ZodType ? { query?: Partial<z.output<Schema>> } : { query?: undefined };
type Body<Schema> = Schema extends z.ZodType ? { body: z.input<Schema> } : { body?: undefined };

/** What a call of the route needs: its parameters, its query and its body, where it has them. */
export type Input<Route extends CallableRoute> = Params<Route['params']> &
  Query<Route['query']> &
  Body<Route['body']>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long the answer may take to begin. Default 30 s; long polls need more than the 25 s they stay open. */
  readonly timeoutSeconds?: number;
  readonly headers?: Record<string, string>;
}

interface Send extends CallOptions {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer | Readable;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** One farm, or one frame server, over HTTP. Every failure is a `FarmError`; nothing is retried here. */
export class FarmClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: Agent;

  constructor(address: FarmAddress) {
    this.url = address.url.replace(/\/+$/, '');
    const by: Record<string, string> =
      address.by === undefined ? {} : { 'akashganga-by': encodeURIComponent(address.by) };
    // Over TLS other members know us by our certificate; a token would let them act in our name.
    const isForManager = (address.shows ?? 'manager') === 'manager';
    const showsKey = address.key && (isForManager || this.url.startsWith('http:'));
    this.#headers = { ...(showsKey ? { authorization: `Bearer ${address.key}` } : {}), ...by };
    this.#agent = new Agent({
      connect: connectorFor(address, (address.connectSeconds ?? 5) * 1000),
      bodyTimeout: 60_000,
      keepAliveTimeout: 30_000,
    });
  }

  /** Calls a JSON route; what comes back is checked against the route's schema. */
  async call<Route extends CallableRoute>(
    route: Route,
    input: Input<Route> & CallOptions,
  ): Promise<z.output<Route['reply']>> {
    const reply = await this.send({
      method: route.route.method,
      path: fillPath(route.route.path, input.params ?? {}) + queryString(input.query as object | undefined),
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...pickOptions(input),
      headers: { ...input.headers, ...(input.body === undefined ? {} : JSON_HEADERS) },
    });
    const parsed = route.reply.safeParse(await readJson(reply.body));
    if (!parsed.success) throw new FarmError('farm.not-a-farm', { url: this.url }, { cause: parsed.error });
    return parsed.data as z.output<Route['reply']>;
  }

  /** Sends any request below the farm's URL; the answer's body must be read or dumped by the caller. */
  async send(send: Send): Promise<Dispatcher.ResponseData> {
    const reply = await this.#request(send);
    if (reply.statusCode < 400) return reply;
    throw await problemOf(reply, this.url);
  }

  async #request(send: Send): Promise<Dispatcher.ResponseData> {
    refusePlainHttp(this.url);
    try {
      return await request(this.url + send.path, {
        method: send.method.toUpperCase() as Dispatcher.HttpMethod,
        dispatcher: this.#agent,
        headers: { ...this.#headers, ...send.headers },
        headersTimeout: (send.timeoutSeconds ?? 30) * 1000,
        body: send.body ?? null,
        signal: send.signal ?? null,
      });
    } catch (cause) {
      if (send.signal?.aborted) throw cause;
      const distrust = whyNotTrusted(cause);
      if (distrust)
        throw new FarmError('farm.wrong-certificate', { url: this.url, why: distrust }, { cause });
      throw new FarmError('farm.unreachable', { url: this.url, why: whyUnreachable(cause) }, { cause });
    }
  }

  /** Asks who is there and whether it speaks our API. Throws `farm.unreachable`, `farm.not-a-farm`, `request.wrong-version`. */
  async check(options: CallOptions = {}): Promise<Health> {
    const health = await this.call(farmRoutes.health, options).catch((error: unknown) => {
      if (error instanceof FarmError && /^(farm\.(unreachable|wrong-certificate)|access\.)/.test(error.code))
        throw error;
      throw new FarmError('farm.not-a-farm', { url: this.url }, { cause: error });
    });
    if (health.api !== API_VERSION)
      throw new FarmError('request.wrong-version', { farm: health.api, asked: API_VERSION });
    return health;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** `/api/v1` and the path, for routes that carry bytes. */
export function apiPath(path: string): string {
  return API_PREFIX + path;
}

function pickOptions(options: CallOptions): CallOptions {
  return {
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.timeoutSeconds ? { timeoutSeconds: options.timeoutSeconds } : {}),
  };
}

function queryString(query: object | undefined): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null) pairs.set(name, String(value));
  return pairs.size === 0 ? '' : `?${pairs}`;
}

async function readJson(body: Dispatcher.ResponseData['body']): Promise<unknown> {
  try {
    return JSON.parse(await body.text());
  } catch {
    return undefined;
  }
}

async function problemOf(reply: Dispatcher.ResponseData, url: string): Promise<FarmError> {
  const parsed = ProblemReply.safeParse(await readJson(reply.body));
  if (parsed.success) return errorFromReply(parsed.data);
  return new FarmError(
    'farm.not-a-farm',
    { url },
    { cause: new Error(`status ${reply.statusCode} without a problem`) },
  );
}

function whyUnreachable(error: unknown): string {
  const code = (error as { code?: string }).code ?? '';
  const known: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ENOTFOUND: 'no such host',
    EAI_AGAIN: 'no such host',
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'no route to the network',
    ECONNRESET: 'the connection broke',
    UND_ERR_SOCKET: 'the connection broke',
    UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
    UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
    UND_ERR_BODY_TIMEOUT: 'the answer stopped half way',
  };
  return known[code] ?? (code || 'the connection failed');
}

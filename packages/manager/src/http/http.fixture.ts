// A manager to be spoken to over HTTP: a whole one with its database, or one that stands by, which starts in no time.
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectorFor } from '@akashganga/client';
import { API_PREFIX, type JoinReply, type ProblemReply, readJoinCode } from '@akashganga/protocol';
import { localKeeper } from '@akashganga/storage';
import {
  issueCertificate,
  makeAuthority,
  makeKeyPair,
  type PortTls,
  type TlsIdentity,
} from '@akashganga/trust';
import { serve } from '@hono/node-server';
import { pino } from 'pino';
import { Agent, request } from 'undici';
import type { SignInWith } from '../access/sign-in/sign-in-service.ts';
import { WhoIsWho } from '../access/who-is-who.ts';
import { blobCounter } from '../blobs/blob-count.ts';
import { blobSources } from '../blobs/blob-sources.ts';
import { WorkerReach } from '../blobs/worker-reach.ts';
import { CALLER_LIMITS, type CallerLimits, Turnstile } from '../limits/turnstile.ts';
import { LiveLogs } from '../live-log/live-logs.ts';
import { startManager } from '../manager.ts';
import { Database } from '../record/database.ts';
import { makeApp } from './app.ts';
import { frameLink } from './relay.ts';

export const KEY = 'a-key-that-only-the-tests-know';
export const log = pino({ level: 'silent' });

const noRows = async () => ({ tokens: [], joinCodes: [], members: [] });

type Trust = Awaited<ReturnType<typeof trustForTests>> & { readonly tls: PortTls };

/** An authority of its own and a certificate of the manager. */
export async function trustForTests() {
  const now = Date.now();
  const authority = await makeAuthority(now);
  const { publicKey, key } = makeKeyPair();
  const order = { publicKey, role: 'manager' as const, id: 'manager-1', names: ['127.0.0.1'], now };
  const own = { certificate: await issueCertificate(authority, order), key };
  return { authority, tls: { authority: authority.certificate, own: () => own } };
}

export class TestServer {
  readonly folder: string;
  readonly port: number;
  readonly #close: () => Promise<void>;
  /** PEM; empty where nobody can join. */
  authority = '';
  trust!: Trust;
  /** What it could not go on after. */
  readonly fatal: unknown[];

  private constructor(folder: string, port: number, close: () => Promise<void>, fatal: unknown[] = []) {
    this.folder = folder;
    this.port = port;
    this.#close = close;
    this.fatal = fatal;
  }

  /** A manager that leads a farm of its own. */
  static async manager(
    folder?: string,
    known?: Trust,
    callerLimits: CallerLimits = CALLER_LIMITS,
    more: { webhooksTo?: readonly string[]; signInWith?: SignInWith } = {},
  ): Promise<TestServer> {
    const data = folder ?? (await mkdtemp('/tmp/akg-'));
    const fatal: unknown[] = [];
    const trust = known ?? (await trustForTests());
    const manager = await startManager({
      ...{ folder: data, host: '127.0.0.1', port: 0, key: KEY, databaseUrl: null, pageFolder: null, log },
      ...{ trust, callerLimits, ...more },
      urls: (port) => [`http://127.0.0.1:${port}`],
      onFatal: (error) => fatal.push(error),
    });
    const server = new TestServer(data, manager.port, () => manager.close(), fatal);
    server.authority = trust.authority.certificate;
    server.trust = trust;
    return server;
  }

  /** One that stands by while another leads: it knows no farm and asks no database. */
  static async standingBy(): Promise<TestServer> {
    const folder = await mkdtemp('/tmp/akg-');
    const who = new WhoIsWho({ authority: null, read: noRows, write: async () => undefined, now: Date.now });
    await who.load();
    const blobs = localKeeper(join(folder, 'blobs'));
    const app = makeApp({
      ...{
        farm: () => null,
        announcer: () => null,
        notifier: () => null,
        meter: () => null,
        liveLogs: new LiveLogs(Date.now),
        mayReach: () => false,
        startAnew: () => Promise.resolve(),
        key: KEY,
        pageFolder: null,
        log,
      },
      who,
      turnstile: new Turnstile(CALLER_LIMITS, Date.now),
      isProxy: () => false,
      signIn: null,
      authority: null,
      frames: frameLink(KEY, null),
      database: new Database({ host: folder }, log),
      ...{ blobs, folder, countBlobs: blobCounter(join(folder, 'blobs'), Date.now) },
      reach: new WorkerReach(blobs),
      sources: blobSources('memory-1', Math.random),
      urls: () => ['http://127.0.0.1:1'],
    });
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
    await new Promise((listening) => server.once('listening', listening));
    const close = async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    };
    return new TestServer(folder, (server.address() as AddressInfo).port, close);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A request with the key, below `/api/v1`. A body that is an object is sent as JSON. */
  fetch(path: string, init: Omit<RequestInit, 'body'> & { body?: unknown } = {}): Promise<Response> {
    const { body, headers, ...others } = init;
    const isJson = body !== undefined && !(body instanceof Uint8Array) && typeof body !== 'string';
    return fetch(this.url + API_PREFIX + path, {
      ...others,
      headers: {
        authorization: `Bearer ${KEY}`,
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...(headers as Record<string, string>),
      },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
    });
  }

  /** The JSON of an answer that must be good. */
  async json<T>(path: string, init: Parameters<TestServer['fetch']>[1] = {}): Promise<T> {
    const reply = await this.fetch(path, init);
    const body = (await reply.json()) as T;
    if (!reply.ok) throw new Error(`${path} answered ${reply.status} ${JSON.stringify(body)}`);
    return body;
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.json<T>(path, { method: 'POST', body });
  }

  /** The problem that a request is answered with. */
  async problem(path: string, init: Parameters<TestServer['fetch']>[1] = {}): Promise<ProblemReply> {
    return problemOf(await this.fetch(path, init));
  }

  /** Ends it and keeps its folder. */
  stop(): Promise<void> {
    return this.#close();
  }

  async close(): Promise<void> {
    await this.#close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function problemOf(reply: Response): Promise<ProblemReply> {
  if (reply.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`not a problem: ${reply.status} ${await reply.text()}`);
  const problem = (await reply.json()) as ProblemReply;
  if (problem.status !== reply.status) throw new Error(`${problem.status} said, ${reply.status} sent`);
  return problem;
}

/** Somebody who asks over TLS: with a token, with a certificate, or with nothing. */
export class Caller {
  readonly id: string;
  readonly token: string | null;
  readonly #url: string;
  readonly #agent: Agent;
  readonly #tls: TlsIdentity;

  private constructor(server: TestServer, id: string, token: string | null, tls: TlsIdentity) {
    this.#tls = tls;
    this.id = id;
    this.token = token;
    this.#url = server.url.replace('http:', 'https:') + API_PREFIX;
    this.#agent = new Agent({ connect: connectorFor({ tls }, 5000) });
  }

  static withToken(server: TestServer, token: string | null): Caller {
    return new Caller(server, 'nobody', token, { authority: server.authority });
  }

  /** A computer that joins with a code of its own. */
  static async joined(server: TestServer, role: 'worker' | 'frames'): Promise<Caller> {
    const { code } = await server.post<{ code: string }>('/join-codes', { for: role });
    const { publicKey, key } = makeKeyPair();
    const { secret } = readJoinCode(code);
    const reply = await server.post<JoinReply>('/members', {
      secret,
      name: `a ${role}`,
      publicKey,
      id: null,
    });
    const caller = new Caller(server, reply.id, null, {
      ...{ authority: server.authority, certificate: reply.certificate, key },
    });
    return Object.assign(caller, { token: reply.token, isMember: true });
  }

  static async ofAnotherFarm(server: TestServer): Promise<Caller> {
    const { tls } = await trustForTests();
    return new Caller(server, 'nobody', null, { ...tls.own(), authority: server.authority });
  }

  /** The status, and the problem where it is one. What is a stream is not waited for. */
  async ask(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; code?: string; detail?: string }> {
    const isMember = 'isMember' in this;
    const reply = await request(this.#url + path, {
      method: method as 'GET',
      dispatcher: this.#agent,
      headers: {
        ...(this.token && !isMember ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined || method === 'GET' ? {} : { body }),
    });
    if (reply.headers['content-type'] !== 'application/problem+json') {
      reply.body.on('error', () => undefined).destroy();
      return { status: reply.statusCode };
    }
    return { ...((await reply.body.json()) as object), status: reply.statusCode };
  }

  /** The same, asking a server that was started anew. */
  at(server: TestServer): Caller {
    return Object.assign(new Caller(server, this.id, this.token, this.#tls), { isMember: true });
  }

  /** The JSON of an answer that must be good. */
  async json<T>(method: string, path: string, body: object): Promise<T> {
    const reply = await request(this.#url + path, {
      method: method as 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) throw new Error(`${path} answered ${reply.statusCode} ${text}`);
    return JSON.parse(text) as T;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

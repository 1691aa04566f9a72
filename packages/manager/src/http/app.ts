import { API_PREFIX, API_VERSION, FarmError, farmRoutes, problemReply, RELEASE } from '@akashganga/protocol';
import type { Keeper } from '@akashganga/storage';
import { BROWSER_POLICY, type Certified } from '@akashganga/trust';
import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import type { SignInService } from '../access/sign-in/sign-in-service.ts';
import type { WhoIsWho } from '../access/who-is-who.ts';
import type { Announcer } from '../announce/announcer.ts';
import type { BlobCount } from '../blobs/blob-count.ts';
import type { BlobSources } from '../blobs/blob-sources.ts';
import type { WorkerReach } from '../blobs/worker-reach.ts';
import type { Farm } from '../farm/farm.ts';
import type { Turnstile } from '../limits/turnstile.ts';
import type { LiveLogs } from '../live-log/live-logs.ts';
import type { FarmMeter } from '../meter/farm-meter.ts';
import type { MayReach } from '../notify/may-reach.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Database } from '../record/database.ts';
import { Access, serveSessions } from './access.ts';
import { serveAccess } from './access-handlers.ts';
import { serveBlobs } from './blob-handlers.ts';
import { limitBodies } from './body-limits.ts';
import { serveBuilds } from './build-handlers.ts';
import { serveFarm } from './farm-handlers.ts';
import { serveFrameServers } from './frame-server-handlers.ts';
import { serveJobs } from './job-handlers.ts';
import { LINKED, serveLinks } from './link-handlers.ts';
import { serveLiveLogs } from './live-log-handlers.ts';
import { serveMeter } from './meter-handlers.ts';
import { servePage } from './page.ts';
import type { FrameLink } from './relay.ts';
import { serveResults } from './result-handlers.ts';
import type { App, HttpEnv } from './serve.ts';
import { serveSignIn } from './sign-in-handlers.ts';
import { serveWebhooks } from './webhook-handlers.ts';
import { serveWorkers } from './worker-handlers.ts';

/** What the HTTP room needs from the others. `farm` is null while another manager leads. */
export interface Rooms {
  readonly farm: () => Farm | null;
  readonly announcer: () => Announcer | null;
  readonly notifier: () => Notifier | null;
  readonly meter: () => FarmMeter | null;
  readonly liveLogs: LiveLogs;
  /** Where notices may be sent. */
  readonly mayReach: MayReach;
  /** Runs `work` while the farm stands still, then reads the farm anew from its database. */
  readonly startAnew: (work: () => Promise<void>) => Promise<void>;
  readonly database: Database;
  readonly blobs: Keeper;
  readonly countBlobs: () => Promise<BlobCount>;
  /** The manager's data folder. */
  readonly folder: string;
  /** Which blobs each worker may have. */
  readonly reach: WorkerReach;
  /** Which worker has which blob. */
  readonly sources: BlobSources;
  /** The farm's own, readable by its owner only. */
  readonly key: string;
  readonly who: WhoIsWho;
  /** Another way for people to sign in; null: by tokens only. */
  readonly signIn: SignInService | null;
  /** How much each caller may do at a time. */
  readonly turnstile: Turnstile;
  /** A proxy that is trusted stands in front and says from where requests came. */
  readonly isProxy: (address: string) => boolean;
  /** Signs certificates of members; null when nobody can join. */
  readonly authority: Certified | null;
  readonly frames: FrameLink;
  /** Where other computers reach this manager, the likeliest first. */
  readonly urls: () => readonly string[];
  readonly pageFolder: string | null;
  readonly log: Logger;
}

export function makeApp(rooms: Rooms): App {
  const app: App = new OpenAPIHono<HttpEnv>({ defaultHook: refuseInvalid });
  const access = new Access(rooms);
  app.onError((error) => answerError(error, rooms.log));
  app.use(guardBrowsers);
  app.use(`${API_PREFIX}/*`, limitBodies);
  serveHealth(app, rooms);
  guardApi(app, access);
  serveSessions(app, access);
  serveSignIn(app, rooms, access);
  for (const serveRoom of [
    serveFarm,
    serveAccess,
    serveJobs,
    serveResults,
    serveBlobs,
    serveBuilds,
    serveWorkers,
    serveMeter,
    serveLiveLogs,
    serveFrameServers,
    serveWebhooks,
    serveLinks,
  ])
    serveRoom(app, rooms);
  app.doc31(`${API_PREFIX}/openapi.json`, {
    openapi: '3.1.0',
    info: {
      title: 'Akashganga',
      version: RELEASE,
      description: 'The API of a render farm. Problems are application/problem+json with a `code`.',
    },
  });
  app.all('/api/*', (context) => {
    throw unknownRoute(context.req.path);
  });
  servePage(app, rooms.pageFolder);
  return app;
}

// What only workers and frame servers call, thousands of times a second. No browser is to be told anything there,
// and headers that are added to a finished answer take it off the HTTP server's short way.
const MACHINE_ROUTE =
  /^\/api\/v1\/(workers\/[^/]+\/(work|heartbeat|updates)|frame-servers\/[^/]+\/(work|reports))$/;
const guardBrowsers: MiddlewareHandler = (context, next) =>
  MACHINE_ROUTE.test(context.req.path) ? next() : browserHeaders(context, next);

const browserHeaders = secureHeaders(BROWSER_POLICY);

function serveHealth(app: App, rooms: Rooms): void {
  app.openapi(farmRoutes.health.route, (context) => {
    const farm = rooms.farm();
    const ready = farm !== null && !farm.isDown;
    return context.json(
      { role: 'manager' as const, farm: farm?.id ?? null, api: API_VERSION, version: RELEASE, ready },
      200,
    );
  });
}

function guardApi(app: App, access: Access): void {
  const open = new Set(
    [
      ...['POST /session', 'POST /members', 'GET /openapi.json'],
      ...['GET /sign-in', 'GET /sign-in/begin', 'GET /sign-in/return'],
    ].map((route) => route.replace(' ', ` ${API_PREFIX}`)),
  );
  app.use('/api/*', (context, next) => {
    if (!context.req.path.startsWith(`${API_PREFIX}/`)) throw unknownRoute(context.req.path);
    const { method, path } = context.req;
    const isOpen = open.has(`${method} ${path}`) || (method === 'GET' && path.startsWith(LINKED));
    return isOpen ? next() : access.guard(context, next);
  });
}

function unknownRoute(path: string): FarmError {
  const asked = /^\/api\/v(\d+)\//.exec(path)?.[1];
  if (asked !== undefined && Number(asked) !== API_VERSION)
    return new FarmError('request.wrong-version', { farm: API_VERSION, asked });
  return new FarmError('request.unknown-route', { path });
}

type Checked = { success: true } | { success: false; error: z.ZodError };

function refuseInvalid(result: Checked): void {
  if (result.success) return;
  const issue = result.error.issues[0];
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new FarmError('request.invalid', {
    why: `${where}${issue?.message ?? 'it does not fit the schema'}`,
  });
}

export function answerError(error: unknown, log: Logger): Response {
  const known = toFarmError(error);
  if (known.status >= 500) log.error({ code: known.code, cause: known.cause }, known.says);
  const { seconds } = known.details;
  return new Response(JSON.stringify(problemReply(known)), {
    status: known.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(known.status === 429 ? { 'retry-after': String(seconds ?? 1) } : {}),
    },
  });
}

function toFarmError(error: unknown): FarmError {
  if (error instanceof FarmError) return error;
  const status = (error as { status?: number }).status;
  if (status !== undefined && status >= 400 && status < 500)
    return new FarmError('request.invalid', { why: (error as Error).message }, { cause: error });
  // PostgreSQL's and the socket's own words for "not now".
  const code = String((error as { code?: string }).code ?? '');
  if (
    /^(08|57P|53)|^E(CONN|PIPE|NOENT)/.test(code) ||
    /Connection terminated|timeout exceeded/.test(String(error))
  )
    return new FarmError('farm.database-down', {}, { cause: error });
  return new FarmError('farm.internal', {}, { cause: error });
}

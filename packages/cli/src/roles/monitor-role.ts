import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fetchThrough } from '@akashganga/client';
import { FarmError, problemReply } from '@akashganga/protocol';
import { lockFolder } from '@akashganga/storage';
import { BROWSER_POLICY, OwnIdentity, openPort, stayCertified } from '@akashganga/trust';
import { getRequestListener } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';
import { secureHeaders } from 'hono/secure-headers';
import type { ProxyInFront } from '../config/proxy-in-front.ts';
import { lanAddresses } from '../farm/lan-addresses.ts';
import { managerCertificate, ownAuthority } from '../farm/own-authority.ts';
import type { ShownCertificate } from '../farm/shown-certificate.ts';
import { pageFolder, reachedHere, tellChanges } from './manager-role.ts';
import { roleLog } from './role-log.ts';
import type { RunningRole } from './run-role.ts';

export interface MonitorRoleOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** The manager, and whom to trust there (PEM). */
  readonly farm: { readonly url: string; readonly authority: string | null };
  /** What browsers are shown instead of a certificate of its own. */
  readonly shown: ShownCertificate | null;
  readonly proxy: ProxyInFront | null;
}

/** Of a connection on which nothing moves, as at the manager. */
const SILENT_MS = 180_000;

/**
 * The job monitor on a computer of its own: serves the page and passes its requests on to the manager.
 * It has no key: whoever uses it signs in, and the session is the manager's.
 */
export async function startMonitorRole(options: MonitorRoleOptions): Promise<RunningRole> {
  const { data, host, port, shown, proxy: front } = options;
  const farm = options.farm.url;
  const folder = pageFolder();
  if (!folder)
    throw new FarmError('usage.not-yet', { what: 'The page without the package @akashganga/monitor' });
  if (!existsSync(join(folder, 'index.html')))
    throw new FarmError('usage.not-yet', { what: 'The page before it is built (`npm run build`)' });
  const lock = await lockFolder(join(data, 'monitor'), 'monitor');
  // It has no part in the farm: browsers meet a certificate that it made itself.
  const authority = await ownAuthority(join(data, 'monitor'));
  const names = [...lanAddresses(), '127.0.0.1', 'localhost', hostname()];
  const renew = () => managerCertificate(join(data, 'monitor'), authority, names);
  const identity = new OwnIdentity(authority.certificate, await renew());
  const log = roleLog(data, 'monitor');
  const renewal = stayCertified({ identity, names, renew, now: Date.now, log });
  tellChanges(shown, log);
  const tls = {
    ...{ authority: authority.certificate, own: () => identity.certified, isProxy: front?.isProxy ?? null },
    shown: shown && (() => shown.certified),
    names: front ? [new URL(front.url).hostname] : [],
  };
  const toManager = fetchThrough({
    tls: options.farm.authority ? { authority: options.farm.authority } : null,
  });
  const app = new Hono();
  app.use(secureHeaders(BROWSER_POLICY));
  app.all('/api/*', (context) => {
    const url = new URL(context.req.url);
    const headers = new Headers(context.req.raw.headers);
    // The manager compares the page's origin with the host it was asked for: both are passed on as its own.
    if (headers.get('origin') === url.origin) headers.set('origin', farm);
    headers.set('host', new URL(farm).host);
    return proxy(`${farm}${url.pathname}${url.search}`, {
      ...context.req,
      headers,
      customFetch: toManager,
    }).catch(() => unreachable(farm));
  });
  app.use('*', serveStatic({ root: folder }));
  app.get('*', serveStatic({ path: join(folder, 'index.html') }));
  const open = await openPort({
    ...{ host, port, tls, handler: getRequestListener(app.fetch) },
    tune: (server) => void server.setTimeout(SILENT_MS),
  });
  const close = async () => {
    renewal.close();
    shown?.close();
    await open.close();
  };
  return { url: reachedHere(host, open.port), close, lock };
}

function unreachable(farm: string): Response {
  const error = new FarmError('farm.unreachable', { url: farm, why: 'no answer' });
  return new Response(JSON.stringify(problemReply(error)), {
    status: error.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}

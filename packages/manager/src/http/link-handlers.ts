import { API_PREFIX, accessRoutes, FarmError, fillPath } from '@akashganga/protocol';
import { type LinkGrant, readLink, writeLink } from '../access/links.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { noteChange } from './note-change.ts';
import { relay } from './relay.ts';
import { callerAddress } from './remote-address.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** Links for somebody without a token: whoever may see a film or a frame may have one made for it. */
export function serveLinks(app: App, rooms: Rooms): void {
  serve(app, accessRoutes.makeLink, async ({ body: { job, frame, expiresSeconds }, context }) => {
    await theFarm(rooms).ensureJob(job);
    if (!theFarm(rooms).state.jobs.has(job)) throw new FarmError('job.unknown', { job });
    const expiresAt = Date.now() + expiresSeconds * 1000;
    const link = writeLink(rooms.key, { job, frame, until: expiresAt, by: principalOf(context).id });
    const path = fillPath(accessRoutes.followLink.route.path, { link });
    await noteChange(rooms, context, { what: 'add-link', job, detail: { frame, expiresAt } });
    return { path, url: `${rooms.urls()[0] ?? ''}${path}`, expiresAt };
  });
  serveBytes(app, accessRoutes.followLink, ({ params, context }) => {
    const { job, frame } = granted(rooms, params.link, context);
    const path = frame === null ? `/jobs/${job}/film` : `/jobs/${job}/frames/${frame}/image`;
    return relay(theFarm(rooms), rooms.frames, job, path, context);
  });
}

/** Everything below this needs no token. */
export const LINKED = `${API_PREFIX}/shared/`;

function granted(rooms: Rooms, text: string, context: HttpContext): LinkGrant {
  const grant = readLink(rooms.key, text);
  if (!grant) {
    rooms.turnstile.wasWrong(callerAddress(context, rooms.isProxy));
    throw new FarmError('access.bad-link', { why: 'this farm did not make it' });
  }
  if (grant.until <= Date.now()) throw new FarmError('access.bad-link', { why: 'it has expired' });
  if (!rooms.who.isLoaded) throw new FarmError('farm.standing-by');
  if (grant.by !== 'key' && !rooms.who.byTokenId(grant.by))
    throw new FarmError('access.bad-link', { why: 'who made it has no token any more' });
  return grant;
}

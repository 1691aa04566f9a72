import { FarmError, type FrameServer, frameServerRoutes, type GatherReply } from '@akashganga/protocol';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { mustBeOwn } from './must-be-own.ts';
import { inUrl, remoteAddress } from './remote-address.ts';
import { type App, serve } from './serve.ts';
import { stayOpen } from './stay-open.ts';
import { theFarm } from './the-farm.ts';
import { whoAsks } from './who-asks.ts';

// By plain HTTP the farm's own key is shown, which is for roles of this computer that could read it anyway.
function mustBeEncrypted(url: string): void {
  if (new URL(url).protocol === 'https:') return;
  throw new FarmError('request.invalid', { why: 'url: a frame server that joined is reached by https://' });
}

export function serveFrameServers(app: App, rooms: Rooms): void {
  serve(app, frameServerRoutes.hello, ({ body, context }) => {
    mustBeOwn(context, body.id);
    const host = remoteAddress(context);
    // Without the farm's key it understands certificates only.
    const isMember = principalOf(context).role === 'frames';
    if (isMember && body.url !== null) mustBeEncrypted(body.url);
    const url = body.url ?? (isMember ? `https://${inUrl(host)}:${body.port}` : null);
    return theFarm(rooms).run<FrameServer>({ kind: 'frame-server-hello', hello: { ...body, url }, host });
  });
  serve(app, frameServerRoutes.work, ({ params, body, context }) => {
    mustBeOwn(context, params.frameServer);
    return stayOpen<GatherReply>(
      theFarm(rooms),
      { kind: 'gather', frameServer: params.frameServer, gather: body },
      (gather) => ({ kind: 'gather-over', frameServer: params.frameServer, gather }),
      context,
    );
  });
  serve(app, frameServerRoutes.remove, ({ params, context }) =>
    theFarm(rooms).run<{ moved: string[] }>({
      kind: 'remove-frame-server',
      frameServer: params.frameServer,
      ...whoAsks(context, rooms),
    }),
  );
  serve(app, frameServerRoutes.reports, async ({ params, body, context }) => {
    mustBeOwn(context, params.frameServer);
    // A frame that was stored as its job ended is still done.
    for (const job of new Set(body.reports.map((report) => report.job))) await theFarm(rooms).ensureJob(job);
    return theFarm(rooms).run<{ accepted: number }>({
      kind: 'reports',
      frameServer: params.frameServer,
      reports: body.reports,
    });
  });
}

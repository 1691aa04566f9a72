import { FarmError, FrameOutputs, jobRoutes } from '@akashganga/protocol';
import type { Rooms } from './app.ts';
import { relay } from './relay.ts';
import { serveSelections } from './selection-handlers.ts';
import { type App, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** Pictures and films, from the frame server of the job. */
export function serveResults(app: App, rooms: Rooms): void {
  serveBytes(app, jobRoutes.image, ({ params, query, context }) => {
    const view = new URLSearchParams();
    if (query.exposure !== undefined) view.set('exposure', String(query.exposure));
    if (query.layer !== undefined) view.set('layer', query.layer);
    const path = `/jobs/${params.job}/frames/${params.frame}/image`;
    const isView = view.size > 0;
    const asked = isView ? `${path}?${view}` : path;
    const seconds = isView ? PIECE_SECONDS : undefined;
    return relay(theFarm(rooms), rooms.frames, params.job, asked, context, seconds);
  });
  serveBytes(app, jobRoutes.thumbnail, ({ params, context }) =>
    relay(
      theFarm(rooms),
      rooms.frames,
      params.job,
      `/jobs/${params.job}/frames/${params.frame}/thumbnail`,
      context,
    ),
  );
  serve(app, jobRoutes.outputs, async ({ params, context }) => {
    const path = `/jobs/${params.job}/frames/${params.frame}/outputs`;
    const reply = await relay(theFarm(rooms), rooms.frames, params.job, path, context);
    const said = FrameOutputs.safeParse(await reply.json());
    if (!said.success) throw new FarmError('frame.not-done', { job: params.job, frame: params.frame });
    return said.data;
  });
  serveBytes(app, jobRoutes.output, ({ params, query, context }) => {
    const name = encodeURIComponent(query.name);
    const path = `/jobs/${params.job}/frames/${params.frame}/output?name=${name}`;
    return relay(theFarm(rooms), rooms.frames, params.job, path, context);
  });
  serveBytes(app, jobRoutes.film, ({ params, context }) =>
    relay(theFarm(rooms), rooms.frames, params.job, `/jobs/${params.job}/film`, context),
  );
  servePreviews(app, rooms);
  serveSelections(app, rooms);
}

// A piece is made when it is asked for, and large frames take their time.
const PIECE_SECONDS = 120;

function servePreviews(app: App, rooms: Rooms): void {
  serveBytes(app, jobRoutes.preview, ({ params, query, context }) => {
    const asked = new URLSearchParams({ ...query, from: `${query.from}`, count: `${query.count}` });
    return relay(theFarm(rooms), rooms.frames, params.job, `/jobs/${params.job}/preview?${asked}`, context);
  });
  serveBytes(app, jobRoutes.previewPiece, ({ params, query, context }) => {
    const path = `/jobs/${params.job}/preview/${params.piece}?${new URLSearchParams(query)}`;
    return relay(theFarm(rooms), rooms.frames, params.job, path, context, PIECE_SECONDS);
  });
}

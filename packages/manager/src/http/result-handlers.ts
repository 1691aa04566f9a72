import { jobRoutes } from '@akashganga/protocol';
import type { Rooms } from './app.ts';
import { relay } from './relay.ts';
import { type App, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** Pictures and films, from the frame server of the job. */
export function serveResults(app: App, rooms: Rooms): void {
  serveBytes(app, jobRoutes.image, ({ params, context }) =>
    relay(theFarm(rooms), rooms.key, params.job, `/jobs/${params.job}/frames/${params.frame}/image`, context),
  );
  serveBytes(app, jobRoutes.thumbnail, ({ params, context }) =>
    relay(
      theFarm(rooms),
      rooms.key,
      params.job,
      `/jobs/${params.job}/frames/${params.frame}/thumbnail`,
      context,
    ),
  );
  serveBytes(app, jobRoutes.film, ({ params, context }) =>
    relay(theFarm(rooms), rooms.key, params.job, `/jobs/${params.job}/film`, context),
  );
}

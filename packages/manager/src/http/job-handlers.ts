import { FarmError, type Frame, type Job, jobRoutes } from '@akashganga/protocol';
import { drawId } from '../farm/farm.ts';
import { checkManifest } from '../jobs/check-manifest.ts';
import { listJobs, readJobView } from '../jobs/list-jobs.ts';
import { readFrame, readFrameStates, readFrames, readLog } from '../jobs/read-frames.ts';
import type { Rooms } from './app.ts';
import { relay } from './relay.ts';
import { type App, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';

export function serveJobs(app: App, rooms: Rooms): void {
  serve(app, jobRoutes.submit, async ({ body }) => {
    await checkManifest(rooms.blobs, body.scene);
    const id = body.id ?? drawId(8);
    if (body.id !== undefined) await theFarm(rooms).ensureJob(id);
    return theFarm(rooms).run<Job>({ kind: 'submit', id, job: body });
  });
  serve(app, jobRoutes.list, ({ query }) => listJobs(theFarm(rooms), rooms.database.reads, query));
  serve(app, jobRoutes.get, ({ params }) => readJobView(theFarm(rooms), rooms.database.reads, params.job));
  serve(app, jobRoutes.frames, async ({ params, query }): Promise<{ frames: Frame[]; more: boolean }> => {
    await theFarm(rooms).ensureJob(params.job);
    return readFrames(theFarm(rooms), rooms.database.reads, params.job, query);
  });
  serve(app, jobRoutes.frameStates, async ({ params, query }) => {
    await theFarm(rooms).ensureJob(params.job);
    return readFrameStates(theFarm(rooms), params.job, query);
  });
  serve(app, jobRoutes.frame, async ({ params }) => {
    await theFarm(rooms).ensureJob(params.job);
    return readFrame(theFarm(rooms), rooms.database.reads, params.job, params.frame);
  });
  serveBytes(app, jobRoutes.log, async ({ params, query, context }) => {
    await theFarm(rooms).ensureJob(params.job);
    const failed = await readLog(theFarm(rooms), rooms.database.reads, params.job, query.frame ?? null);
    if (query.frame === undefined) return context.text(failed);
    const path = `/jobs/${params.job}/frames/${query.frame}/log`;
    const rendered = await relay(theFarm(rooms), rooms.key, params.job, path, context).catch(() => null);
    const last = rendered?.ok ? await rendered.text() : '';
    if (failed === '' && last === '')
      throw new FarmError('frame.not-done', { job: params.job, frame: query.frame });
    return context.text(failed + last);
  });
  serveActions(app, rooms);
}

function serveActions(app: App, rooms: Rooms): void {
  const act = async <T>(job: string, run: () => Promise<T>): Promise<T> => {
    await theFarm(rooms).ensureJob(job);
    return run();
  };
  const run = <T>(command: Parameters<ReturnType<typeof theFarm>['run']>[0]) =>
    theFarm(rooms).run<T>(command);
  serve(app, jobRoutes.pause, ({ params }) =>
    act(params.job, () => run<Job>({ kind: 'pause', job: params.job })),
  );
  serve(app, jobRoutes.resume, ({ params }) =>
    act(params.job, () => run<Job>({ kind: 'resume', job: params.job })),
  );
  serve(app, jobRoutes.cancel, ({ params }) =>
    act(params.job, () => run<Job>({ kind: 'cancel', job: params.job })),
  );
  serve(app, jobRoutes.delete, ({ params }) =>
    act(params.job, () => run<{ deleted: true }>({ kind: 'delete', job: params.job })),
  );
  serve(app, jobRoutes.retry, ({ params, body }) =>
    act(params.job, () => run<Job>({ kind: 'retry', job: params.job, frames: body.frames })),
  );
  serve(app, jobRoutes.priority, ({ params, body }) =>
    act(params.job, () => run<Job>({ kind: 'set-priority', job: params.job, priority: body.priority })),
  );
}

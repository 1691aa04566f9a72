import { FarmError, type Frame, type Job, jobRoutes, SOUND_FILE } from '@akashganga/protocol';
import { drawId, type FarmCommand } from '../farm/farm.ts';
import { checkManifest } from '../jobs/check-manifest.ts';
import { listJobs, readJobView } from '../jobs/list-jobs.ts';
import { readFrame, readFrameStates, readFrames, readLog } from '../jobs/read-frames.ts';
import { readStatistics } from '../record/read-history.ts';
import { readFrameTimes, readTimeLine } from '../record/read-time-line.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { mustOwnJob } from './must-be-own.ts';
import { relay } from './relay.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';
import { whoAsks } from './who-asks.ts';

export function serveJobs(app: App, rooms: Rooms): void {
  serve(app, jobRoutes.submit, async ({ body, context }) => {
    await checkManifest(rooms.blobs, body.scene);
    if (typeof body.film.sound === 'object')
      await checkManifest(rooms.blobs, { manifest: body.film.sound.file, entry: SOUND_FILE });
    const id = body.id ?? drawId(8);
    if (body.id !== undefined) await theFarm(rooms).ensureJob(id);
    if (body.afterJob !== null) await theFarm(rooms).ensureJob(body.afterJob);
    // Whose job it is decides who may change it, so a token says that, not its bearer.
    const { role, name } = principalOf(context);
    const job = role === 'artist' && name !== null ? { ...body, submitter: name } : body;
    if (theFarm(rooms).state.jobs.has(id)) mustOwnJob(context, theFarm(rooms).state.jobs.get(id));
    return theFarm(rooms).run<Job>({ kind: 'submit', id, job, ...whoAsks(context, rooms) });
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
    const rendered = await relay(theFarm(rooms), rooms.frames, params.job, path, context).catch(() => null);
    const last = rendered?.ok ? await rendered.text() : '';
    if (failed === '' && last === '')
      throw new FarmError('frame.not-done', { job: params.job, frame: query.frame });
    return context.text(failed + last);
  });
  serveActions(app, rooms);
}

function serveActions(app: App, rooms: Rooms): void {
  const run = async (context: HttpContext, job: string, command: FarmCommand): Promise<Job> => {
    await theFarm(rooms).ensureJob(job);
    mustOwnJob(context, theFarm(rooms).state.jobs.get(job));
    return theFarm(rooms).run<Job>({ ...command, ...whoAsks(context, rooms) });
  };
  serve(app, jobRoutes.pause, ({ params: { job }, query, context }) =>
    run(context, job, { kind: 'pause', job, isAtOnce: query.now === 'true' }),
  );
  serve(app, jobRoutes.resume, ({ params: { job }, context }) => run(context, job, { kind: 'resume', job }));
  serve(app, jobRoutes.cancel, ({ params: { job }, context }) => run(context, job, { kind: 'cancel', job }));
  serve(app, jobRoutes.delete, async ({ params: { job }, context }) => {
    await theFarm(rooms).ensureJob(job);
    mustOwnJob(context, theFarm(rooms).state.jobs.get(job));
    return theFarm(rooms).run<{ deleted: true }>({ kind: 'delete', job, ...whoAsks(context, rooms) });
  });
  serve(app, jobRoutes.retry, ({ params: { job }, body, context }) =>
    run(context, job, { kind: 'retry', job, frames: body.frames }),
  );
  serve(app, jobRoutes.remakeFilm, ({ params: { job }, body, context }) =>
    run(context, job, { kind: 'remake-film', job, wish: body }),
  );
  serve(app, jobRoutes.priority, ({ params: { job }, body, context }) =>
    run(context, job, { kind: 'set-priority', job, priority: body.priority }),
  );
  serve(app, jobRoutes.change, async ({ params: { job }, body, context }) => {
    if (body.afterJob) await theFarm(rooms).ensureJob(body.afterJob);
    return run(context, job, { kind: 'change-job', job, change: body });
  });
  serve(app, jobRoutes.statistics, async ({ params: { job } }) => {
    await readJobView(theFarm(rooms), rooms.database.reads, job);
    return { workers: await readStatistics(rooms.database.reads, { job }) };
  });
  serveTimes(app, rooms);
}

function serveTimes(app: App, rooms: Rooms): void {
  const mustKnow = async (id: string) => {
    await theFarm(rooms).ensureJob(id);
    const job = theFarm(rooms).state.jobs.get(id);
    if (!job) throw new FarmError('job.unknown', { job: id });
    return job;
  };
  serve(app, jobRoutes.timeLine, async ({ params: { job }, query }) => {
    await mustKnow(job);
    return readTimeLine(rooms.database.reads, job, query);
  });
  serve(app, jobRoutes.frameTimes, async ({ params: { job }, query: { columns } }) => {
    const numbers = (await mustKnow(job)).board?.numbers;
    const [first, last] = [numbers?.[0] ?? 0, numbers?.at(-1) ?? 0];
    return readFrameTimes(rooms.database.reads, job, { first, last, columns });
  });
}

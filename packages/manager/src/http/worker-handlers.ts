import {
  FarmError,
  type HeartbeatReply,
  type Lease,
  type Worker,
  type WorkReply,
  workerRoutes,
} from '@akashganga/protocol';
import { type LeaseGrant, leaseSigner } from '@akashganga/trust';
import { readStatistics } from '../record/read-history.ts';
import { frameServerUrl } from '../schedule/answer-ask.ts';
import { showWorker } from '../schedule/index.ts';
import { findWorker } from '../schedule/worker-commands.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { askForLogs } from './live-log-handlers.ts';
import { mustBeOwn } from './must-be-own.ts';
import { seenFrom } from './seen-from.ts';
import { type App, serve } from './serve.ts';
import { stayOpen } from './stay-open.ts';
import { theFarm } from './the-farm.ts';
import { whoAsks } from './who-asks.ts';

/** Many times quicker than comparing strings by the locale each. */
const byName = new Intl.Collator();

function grantOf({ id, job, frames, replace }: Lease & { frames: string }, worker: string): LeaseGrant {
  return { lease: id, job, worker, frames, ...(replace ? { replace } : {}) };
}

export function serveWorkers(app: App, rooms: Rooms): void {
  const signLease = rooms.authority ? leaseSigner(rooms.authority.key) : null;
  const run = <T>(command: Parameters<ReturnType<typeof theFarm>['run']>[0]) =>
    theFarm(rooms).run<T>(command);
  serve(app, workerRoutes.hello, ({ body: { rendered, ...hello }, context }) => {
    mustBeOwn(context, hello.id);
    return run<Worker>({ kind: 'hello', hello, rendered });
  });
  serve(app, workerRoutes.list, () => {
    const { state } = theFarm(rooms);
    const workers = [...state.workers.values()].map((worker) => showWorker(state, worker));
    return { workers: workers.sort((a, b) => byName.compare(a.name, b.name)) };
  });
  serve(app, workerRoutes.get, ({ params }) => {
    const { state } = theFarm(rooms);
    return showWorker(state, findWorker(state, params.worker));
  });
  serve(app, workerRoutes.remove, ({ params, context }) =>
    run<{ deleted: true }>({ kind: 'remove-worker', worker: params.worker, ...whoAsks(context, rooms) }),
  );
  for (const kind of ['drain', 'wake', 'forgive'] as const)
    serve(app, workerRoutes[kind], ({ params: { worker }, context }) =>
      run<Worker>({ kind, worker, ...whoAsks(context, rooms) }),
    );
  serve(app, workerRoutes.settings, ({ params: { worker }, body, context }) =>
    run<Worker>({ kind: 'change-worker', worker, settings: body, ...whoAsks(context, rooms) }),
  );
  serve(app, workerRoutes.statistics, async ({ params: { worker } }) => {
    findWorker(theFarm(rooms).state, worker);
    return { jobs: await readStatistics(rooms.database.reads, { worker }) };
  });
  serve(app, workerRoutes.heartbeat, async ({ params, body: { logs, usage, ...heartbeat }, context }) => {
    mustBeOwn(context, params.worker);
    if (usage) rooms.meter()?.noteUsage(params.worker, usage);
    if (logs) rooms.liveLogs.take(params.worker, logs);
    const reply = await run<HeartbeatReply>({ kind: 'heartbeat', worker: params.worker, heartbeat });
    return askForLogs(rooms, params.worker, reply);
  });
  serve(app, workerRoutes.updates, ({ params, body, context }) => {
    mustBeOwn(context, params.worker);
    return run<{ accepted: number }>({ kind: 'updates', worker: params.worker, batch: body });
  });
  serve(app, workerRoutes.deliverTo, async ({ params, context }) => {
    mustBeOwn(context, params.worker);
    await theFarm(rooms).ensureJob(params.job);
    const job = theFarm(rooms).state.jobs.get(params.job);
    if (!job) throw new FarmError('job.unknown', { job: params.job });
    const server = theFarm(rooms).state.frameServers.get(job.frameServer ?? '');
    return { frameServer: server ? seenFrom(context, frameServerUrl(server)) : null };
  });
  serve(app, workerRoutes.work, async ({ params, body, context }) => {
    mustBeOwn(context, params.worker);
    const reply = await stayOpen<WorkReply>(
      theFarm(rooms),
      { kind: 'ask', worker: params.worker, ask: body },
      (ask) => ({ kind: 'ask-over', worker: params.worker, ask }),
      context,
    );
    rooms.reach.note(principalOf(context).id, reply.leases, Date.now());
    return {
      ...reply,
      leases: reply.leases.map(({ id, job, frames, ...lease }) => ({
        ...{ ...lease, id, job, frames },
        pass: (frames && signLease?.(grantOf({ ...lease, id, job, frames }, params.worker))) || '',
        frameServer: lease.frameServer && seenFrom(context, lease.frameServer),
      })),
    };
  });
}

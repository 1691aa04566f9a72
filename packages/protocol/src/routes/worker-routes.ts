import { z } from 'zod';
import { Statistic } from '../history.ts';
import { JobId, WorkerId } from '../ids.ts';
import { WorkerLoad } from '../meter.ts';
import { jsonRoute } from '../route.ts';
import {
  Heartbeat,
  HeartbeatReply,
  UpdateBatch,
  Worker,
  WorkerSettings,
  WorkReply,
  WorkRequest,
} from '../worker.ts';
import { WorkerArrival } from '../worker-arrival.ts';

const tag = 'workers';
const params = z.object({ worker: WorkerId });

export const workerRoutes = {
  hello: jsonRoute({
    method: 'post',
    path: '/workers',
    summary:
      'A worker introduces itself; another boot ends the leases of the one before, but for what lies rendered on its disk',
    tag,
    body: WorkerArrival,
    reply: Worker,
  }),
  list: jsonRoute({
    method: 'get',
    path: '/workers',
    summary: 'All workers by name',
    tag,
    reply: z.object({ workers: z.array(Worker) }),
  }),
  get: jsonRoute({
    method: 'get',
    path: '/workers/{worker}',
    summary: 'One worker',
    tag,
    params,
    reply: Worker,
  }),
  remove: jsonRoute({
    method: 'delete',
    path: '/workers/{worker}',
    summary: 'Forget a worker; its frames are handed out again',
    tag,
    params,
    reply: z.object({ deleted: z.literal(true) }),
  }),
  drain: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/drain',
    summary: 'Let it finish what it renders and give it nothing more',
    tag,
    params,
    reply: Worker,
  }),
  wake: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/wake',
    summary: 'Give it work again',
    tag,
    params,
    reply: Worker,
  }),
  forgive: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/forgive',
    summary: 'Forget the problems it had: it is no longer sick, and no job avoids it',
    tag,
    params,
    reply: Worker,
  }),
  settings: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/settings',
    summary: 'Change its tags, when it sleeps and what it takes; what is absent stays',
    tag,
    params,
    body: WorkerSettings.partial(),
    reply: Worker,
  }),
  statistics: jsonRoute({
    method: 'get',
    path: '/workers/{worker}/statistics',
    summary: 'What a worker did for each job',
    tag,
    params,
    reply: z.object({ jobs: z.array(Statistic) }),
  }),
  load: jsonRoute({
    method: 'get',
    path: '/workers/{worker}/load',
    summary: 'How busy a worker was in the last hour and day, its cache and the speed of its link',
    tag,
    params,
    reply: WorkerLoad,
  }),
  work: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/work',
    summary:
      'The request a worker keeps open: answered as soon as there is work or something ended (25 s at most)',
    tag,
    params,
    body: WorkRequest,
    reply: WorkReply,
  }),
  heartbeat: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/heartbeat',
    summary: 'What each slot does now; every 3 s and at each change',
    tag,
    params,
    body: Heartbeat,
    reply: HeartbeatReply,
  }),
  deliverTo: jsonRoute({
    method: 'get',
    path: '/workers/{worker}/deliver-to/{job}',
    summary: 'Where finished frames of a job go now: the base URL of its frame server',
    tag,
    params: z.object({ worker: WorkerId, job: JobId }),
    reply: z.object({ frameServer: z.string().nullable() }),
  }),
  updates: jsonRoute({
    method: 'post',
    path: '/workers/{worker}/updates',
    summary: 'Facts, in order; all up to `accepted` may be forgotten by the worker',
    tag,
    params,
    body: UpdateBatch,
    reply: z.object({ accepted: z.number().int() }),
  }),
};

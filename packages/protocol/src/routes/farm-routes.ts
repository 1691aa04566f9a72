import { z } from 'zod';
import { FrameServer } from '../frame-server.ts';
import { Change, Limit } from '../history.ts';
import { JobId, WorkerId } from '../ids.ts';
import { ResourceName } from '../job-terms.ts';
import { Storage, Throughput } from '../meter.ts';
import { bytesRoute, jsonRoute } from '../route.ts';

const tag = 'farm';

export const Health = z
  .object({
    role: z.enum(['manager', 'frames']),
    farm: z.string().nullable(),
    api: z.number().int(),
    version: z.string(),
    ready: z.boolean(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const FarmSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.string(),
    jobs: z.record(z.string(), z.number().int()),
    workers: z.record(z.string(), z.number().int()),
    slots: z.number().int(),
    frameServers: z.array(FrameServer),
  })
  .meta({ id: 'FarmSummary' });
export type FarmSummary = z.infer<typeof FarmSummary>;

export const SignInRefusal = z.object({ code: z.string(), says: z.string() }).meta({ id: 'SignInRefusal' });
/** Why the last try of this browser to sign in at a service failed. */
export type SignInRefusal = z.infer<typeof SignInRefusal>;

const Ok = z.object({ ok: z.literal(true) });

export const farmRoutes = {
  health: jsonRoute({
    method: 'get',
    path: '/health',
    summary: 'Is it up, and what is it? (no key needed)',
    tag,
    reply: Health,
  }),
  summary: jsonRoute({
    method: 'get',
    path: '/farm',
    summary: 'The farm in numbers',
    tag,
    reply: FarmSummary,
  }),
  signIn: jsonRoute({
    method: 'post',
    path: '/session',
    summary: 'Sign a browser in with a token or a one-time code (no token needed)',
    tag,
    body: z.object({ key: z.string().max(500).optional(), code: z.string().max(500).optional() }),
    reply: Ok,
  }),
  signInWays: jsonRoute({
    method: 'get',
    path: '/sign-in',
    summary: 'The service at which people may sign in, and why the last try failed (no token needed)',
    tag,
    reply: z.object({ service: z.string().nullable(), refused: SignInRefusal.nullable() }),
  }),
  beginSignIn: bytesRoute({
    method: 'get',
    path: '/sign-in/begin',
    summary: 'Send this browser to that service (no token needed)',
    tag,
  }),
  finishSignIn: bytesRoute({
    method: 'get',
    path: '/sign-in/return',
    summary: 'Where the service sends it back to (no token needed)',
    tag,
  }),
  signOut: jsonRoute({
    method: 'delete',
    path: '/session',
    summary: 'Sign this browser out',
    tag,
    reply: Ok,
  }),
  signInCode: jsonRoute({
    method: 'post',
    path: '/sign-in-codes',
    summary: 'Make a one-time code that signs a browser in; it expires after ten minutes',
    tag,
    reply: z.object({ code: z.string() }),
  }),
  limits: jsonRoute({
    method: 'get',
    path: '/limits',
    summary: 'The resources the farm has only so many of',
    tag,
    reply: z.object({ limits: z.array(Limit) }),
  }),
  setLimit: jsonRoute({
    method: 'post',
    path: '/limits',
    summary: 'Say how many of a resource the farm has; null: any number',
    tag,
    body: z.object({ name: ResourceName, most: z.number().int().min(0).max(1_000_000).nullable() }),
    reply: z.object({ limits: z.array(Limit) }),
  }),
  throughput: jsonRoute({
    method: 'get',
    path: '/throughput',
    summary: 'Frames done and slots at work in the last hour and day',
    tag,
    reply: Throughput,
  }),
  storage: jsonRoute({
    method: 'get',
    path: '/storage',
    summary: 'What the manager has on its disk; counted anew every five minutes at most',
    tag,
    reply: Storage,
  }),
  history: jsonRoute({
    method: 'get',
    path: '/history',
    summary: 'Who changed what and when, the newest first',
    tag,
    query: z.object({
      job: JobId.optional(),
      worker: WorkerId.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    reply: z.object({ changes: z.array(Change) }),
  }),
  events: bytesRoute({
    method: 'get',
    path: '/events',
    summary: 'What happens, as server-sent events; resumes with Last-Event-ID',
    tag,
    gives: 'text/event-stream',
  }),
  backup: bytesRoute({
    method: 'get',
    path: '/backup',
    summary: 'The farm’s memory (not its files), gzip of one JSON object a line',
    tag,
    gives: 'application/gzip',
  }),
  restore: bytesRoute({
    method: 'post',
    path: '/restore',
    summary: 'Put a backup into an empty farm',
    tag,
    takes: 'application/gzip',
  }),
};

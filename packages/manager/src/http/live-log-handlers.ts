import { FarmError, type HeartbeatReply, jobRoutes } from '@akashganga/protocol';
import type { UnderWay } from '../live-log/live-logs.ts';
import type { FarmState } from '../schedule/index.ts';
import type { Rooms } from './app.ts';
import { type App, serve } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** Workers with a frame that somebody follows beat so often. */
const FOLLOWED_BEAT_MS = 1000;

/** The logs of frames under way. */
export function serveLiveLogs(app: App, rooms: Rooms): void {
  serve(app, jobRoutes.liveLog, async ({ params: { job, frame }, query }) => {
    await theFarm(rooms).ensureJob(job);
    const found = underWay(theFarm(rooms).state, job, frame);
    if (!found) return { lease: null, worker: null, from: 0, lines: [] };
    const { lease, worker } = found;
    const after = query.lease === lease ? query.after : 0;
    return { lease, worker, ...rooms.liveLogs.read(found, after) };
  });
}

/** The answer to a beat, with what the worker is asked to send of its logs. */
export function askForLogs(rooms: Rooms, worker: string, reply: HeartbeatReply): HeartbeatReply {
  if (rooms.liveLogs.isEmpty || !reply.known) return reply;
  const follow = rooms.liveLogs.wantedOf(worker);
  return follow.length === 0 ? reply : { ...reply, beatMs: FOLLOWED_BEAT_MS, follow };
}

/** Who renders the frame; null when nobody does. Throws `job.unknown`, `frame.unknown`. */
function underWay(state: FarmState, id: string, frame: number): UnderWay | null {
  const job = state.jobs.get(id);
  if (!job) throw new FarmError('job.unknown', { job: id });
  const index = job.board?.indexOf(frame) ?? -1;
  if (job.board && index < 0) throw new FarmError('frame.unknown', { job: id, frame });
  const lease = state.leases.get(job.holders.get(index) ?? '');
  if (!lease || job.board?.state(index) !== 'rendering') return null;
  return { lease: lease.id, worker: lease.worker, frame };
}

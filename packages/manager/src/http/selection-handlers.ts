import { FarmError, formatFrames, jobRoutes, parseFrames } from '@akashganga/protocol';
import type { Rooms } from './app.ts';
import { relay } from './relay.ts';
import { type App, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** What is made of many frames of a job at once. The frame server is told which frames those are, and the job's name. */
export function serveSelections(app: App, rooms: Rooms): void {
  serveBytes(app, jobRoutes.zip, async ({ params, query, context }) => {
    const order = { ...query, ...(await namedFrames(rooms, params.job, query.frames)) };
    return relay(
      theFarm(rooms),
      rooms.frames,
      params.job,
      withQuery(`/jobs/${params.job}/zip`, order),
      context,
    );
  });
}

async function namedFrames(rooms: Rooms, id: string, asked: string | undefined) {
  const farm = theFarm(rooms);
  await farm.ensureJob(id);
  const job = farm.state.jobs.get(id);
  if (!job) throw new FarmError('job.unknown', { job: id });
  const frames = asked ?? job.frameSpec;
  if (frames === null) throw new FarmError('job.no-results', { job: id });
  return { frames: formatFrames(parseFrames(frames)), title: job.name };
}

// A long frame spec has many commas, and a request's head has its limits.
function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(query)}`.replaceAll('%2C', ',');
}

import { Readable } from 'node:stream';
import { FarmError, type FarmSummary, farmRoutes, type Limit, RELEASE } from '@akashganga/protocol';
import { streamSSE } from 'hono/streaming';
import type { Announcement } from '../announce/announcer.ts';
import { mustBeEmpty, readBackup, writeBackup } from '../record/backup.ts';
import { countJobs } from '../record/read-heads.ts';
import { readChanges } from '../record/read-history.ts';
import { showFrameServer, showLimits } from '../schedule/index.ts';
import { takesWork } from '../schedule/match.ts';
import type { Rooms } from './app.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';
import { untilSent } from './until-sent.ts';
import { whoAsks } from './who-asks.ts';

/** A reader that is this far behind is cut off; it comes back and resumes. */
const MOST_UNSENT = 5000;

export function serveFarm(app: App, rooms: Rooms): void {
  serve(app, farmRoutes.summary, () => summary(rooms));
  serve(app, farmRoutes.limits, () => ({ limits: showLimits(theFarm(rooms).state) }));
  serve(app, farmRoutes.setLimit, ({ body: { name, most }, context }) =>
    theFarm(rooms).run<{ limits: Limit[] }>({ kind: 'set-limit', name, most, by: whoAsks(context) }),
  );
  serve(app, farmRoutes.history, async ({ query }) => ({
    changes: await readChanges(rooms.database.reads, query),
  }));
  serveBytes(app, farmRoutes.events, ({ context }) => events(context, rooms));
  serveBytes(app, farmRoutes.backup, () => {
    theFarm(rooms);
    return new Response(Readable.toWeb(writeBackup(rooms.database)) as ReadableStream, {
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': 'attachment; filename="akashganga.backup"',
      },
    });
  });
  serveBytes(app, farmRoutes.restore, async ({ context }) => {
    theFarm(rooms);
    const { incoming } = context.env;
    try {
      await mustBeEmpty(rooms.database.reads);
      await rooms.startAnew(() => readBackup(rooms.database, incoming));
    } catch (error) {
      await untilSent(incoming);
      throw error;
    }
    return context.json({ ok: true });
  });
}

async function summary(rooms: Rooms): Promise<FarmSummary> {
  const farm = theFarm(rooms);
  const workers: Record<string, number> = {};
  let slots = 0;
  for (const worker of farm.state.workers.values()) {
    workers[worker.state] = (workers[worker.state] ?? 0) + 1;
    if (takesWork(worker)) slots += worker.hello.slots;
  }
  return {
    id: farm.id,
    name: farm.name,
    version: RELEASE,
    jobs: await countJobs(rooms.database.reads),
    workers,
    slots,
    frameServers: [...farm.state.frameServers.values()].map(showFrameServer),
  };
}

function events(context: HttpContext, rooms: Rooms): Response {
  const announcer = rooms.announcer();
  if (!announcer) throw new FarmError('farm.standing-by');
  const lastId = context.req.header('last-event-id') ?? null;
  return streamSSE(context, async (stream) => {
    const unsent: Announcement[] = [];
    let wake: () => void = () => undefined;
    const stop = announcer.listen(lastId, (announcement) => {
      unsent.push(announcement);
      // Also while a write waits for a reader that reads nothing.
      if (unsent.length >= MOST_UNSENT) stop();
      wake();
    });
    stream.onAbort(() => {
      stop();
      wake();
    });
    // A comment at once and every 15 s: the reader knows the stream is open, and dead connections are noticed.
    await stream.write(': open\n\n');
    try {
      while (!stream.aborted && !stream.closed && unsent.length < MOST_UNSENT) {
        const batch = unsent.splice(0);
        if (batch.length > 0) await stream.write(batch.map(frameOf).join(''));
        else if (!(await untilNews(15_000))) await stream.write(': still here\n\n');
      }
    } finally {
      stop();
    }
    function untilNews(ms: number): Promise<boolean> {
      if (unsent.length > 0) return Promise.resolve(true);
      return new Promise((done) => {
        const timer = setTimeout(() => done(false), ms);
        wake = () => {
          clearTimeout(timer);
          done(true);
        };
      });
    }
  });
}

function frameOf({ id, event }: Announcement): string {
  return `event: ${event.topic}\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}

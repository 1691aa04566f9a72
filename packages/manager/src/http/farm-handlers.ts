import { Readable } from 'node:stream';
import { type FarmSummary, farmRoutes, type Limit, RELEASE } from '@akashganga/protocol';
import { mustBeEmpty, openBackup, readBackup, writeBackup } from '../record/backup.ts';
import { countJobs } from '../record/read-heads.ts';
import { readChanges } from '../record/read-history.ts';
import { showFrameServer, showLimits } from '../schedule/index.ts';
import { takesWork } from '../schedule/match.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { eventStream } from './event-stream.ts';
import { noteChange } from './note-change.ts';
import { type App, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';
import { untilSent } from './until-sent.ts';
import { whoAsks } from './who-asks.ts';

export function serveFarm(app: App, rooms: Rooms): void {
  serve(app, farmRoutes.summary, () => summary(rooms));
  serve(app, farmRoutes.limits, () => ({ limits: showLimits(theFarm(rooms).state) }));
  serve(app, farmRoutes.setLimit, ({ body: { name, most }, context }) =>
    theFarm(rooms).run<{ limits: Limit[] }>({ kind: 'set-limit', name, most, ...whoAsks(context, rooms) }),
  );
  serve(app, farmRoutes.history, async ({ query, context }) => {
    const changes = await readChanges(rooms.database.reads, query);
    // Where people sit is for those who guard the farm.
    if (principalOf(context).role === 'admin') return { changes };
    return { changes: changes.map((change) => ({ ...change, from: null })) };
  });
  serveBytes(app, farmRoutes.events, ({ context }) => eventStream(context, rooms));
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
      // Not before it is known to be one: meanwhile the farm stands still.
      const backup = await openBackup(incoming);
      await rooms.startAnew(() => readBackup(rooms.database, backup));
      await noteChange(rooms, context, { what: 'restore' });
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

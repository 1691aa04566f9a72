import { statfs } from 'node:fs/promises';
import { FarmError, farmRoutes, workerRoutes } from '@akashganga/protocol';
import { findWorker } from '../schedule/worker-commands.ts';
import type { Rooms } from './app.ts';
import { type App, serve } from './serve.ts';
import { theFarm } from './the-farm.ts';

/** What the farm did, and what it has on its disks. */
export function serveMeter(app: App, rooms: Rooms): void {
  const meter = () => {
    const found = rooms.meter();
    if (!found) throw new FarmError('farm.standing-by');
    return found;
  };
  serve(app, farmRoutes.throughput, () => meter().throughput());
  serve(app, farmRoutes.storage, async () => {
    theFarm(rooms);
    const [blobs, disk, database] = await Promise.all([
      rooms.countBlobs(),
      statfs(rooms.folder).catch(() => null),
      rooms.database.reads.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes'),
    ]);
    return {
      blobs,
      databaseBytes: Number(database.rows[0]?.bytes ?? 0),
      freeBytes: disk && disk.bavail * disk.bsize,
      diskBytes: disk && disk.blocks * disk.bsize,
    };
  });
  serve(app, workerRoutes.load, ({ params: { worker } }) => {
    findWorker(theFarm(rooms).state, worker);
    return meter().load(worker);
  });
}

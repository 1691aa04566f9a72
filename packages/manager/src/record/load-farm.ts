import type pg from 'pg';
import type { FarmState, JobEntry, JobHead } from '../schedule/index.ts';
import {
  type BoardRow,
  type FarmRows,
  farmFromRows,
  jobFromRows,
  type LeaseRow,
  type WorkerRow,
} from './farm-from-rows.ts';

export interface LoadedFarm {
  readonly id: string;
  readonly name: string;
  readonly batch: number;
  readonly state: FarmState;
}

export type Queryable = Pick<pg.ClientBase, 'query'>;

/** Reads back everything that is not finished. Workers get their usual time to return before they count as lost. */
export async function loadFarm(client: Queryable, leasePrefix: string, now: number): Promise<LoadedFarm> {
  const [farm] = await all<{ id: string; name: string; batch: string }>(
    client,
    'select id, name, batch from farm',
  );
  if (!farm) throw new Error('the farm has no row');
  const state = farmFromRows(await readFarm(client), leasePrefix, now);
  return { id: farm.id, name: farm.name, batch: Number(farm.batch), state };
}

/** A job that is not in memory, because it had ended before this manager started; null when there is none. */
export async function loadJob(client: Queryable, id: string): Promise<JobEntry | null> {
  const [row] = await all<{ head: JobHead }>(client, 'select head from job where id = $1', [id]);
  return row ? jobFromRows(row.head, await framesOf(client, id)) : null;
}

async function readFarm(client: Queryable): Promise<FarmRows> {
  const heads = await all<{ head: JobHead }>(
    client,
    "select head from job where state in ('queued', 'active', 'paused') order by created_at, id",
  );
  const jobs: FarmRows['jobs'][number][] = [];
  for (const { head } of heads) jobs.push({ head, frames: await framesOf(client, head.id) });
  return {
    jobs,
    workers: await all<WorkerRow>(client, 'select hello, draining, frames_done, settings, sick from worker'),
    frameServers: await all<FarmRows['frameServers'][number]>(client, 'select hello, host from frame_server'),
    builds: await all<FarmRows['builds'][number]>(client, 'select build from build'),
    limits: await all<FarmRows['limits'][number]>(client, 'select name, most from resource'),
    forgets: await all<FarmRows['forgets'][number]>(client, 'select frame_server, job from forget'),
    leases: await all<LeaseRow>(
      client,
      'select id, job, worker, kind, frames, granted_at, is_double from lease',
    ),
  };
}

function framesOf(client: Queryable, job: string): Promise<BoardRow[]> {
  return all<BoardRow>(client, 'select frame, state, failures from frame where job = $1', [job]);
}

async function all<Row extends pg.QueryResultRow>(
  client: Queryable,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const { rows } = await client.query<Row>(statement, values);
  return rows;
}

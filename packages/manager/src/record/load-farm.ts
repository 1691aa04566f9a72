import { FrameServerHello, type FrameState, parseFrames, WorkerHello } from '@akashganga/protocol';
import type pg from 'pg';
import { emptyFarm, entryOf, type FarmState, type JobEntry, type JobHead } from '../schedule/index.ts';

export interface LoadedFarm {
  readonly id: string;
  readonly name: string;
  readonly batch: number;
  readonly state: FarmState;
}

/** Reads back everything that is not finished. Workers get their usual time to return before they count as lost. */
export async function loadFarm(client: pg.ClientBase, leasePrefix: string, now: number): Promise<LoadedFarm> {
  const { rows } = await client.query<{ id: string; name: string; batch: string }>(
    'select id, name, batch from farm',
  );
  const [farm] = rows;
  if (!farm) throw new Error('the farm has no row');
  const state = emptyFarm(leasePrefix);
  await loadWorkers(client, state, now);
  await loadFrameServers(client, state, now);
  const heads = await client.query<{ head: JobHead }>(
    "select head from job where state in ('queued', 'active', 'paused') order by created_at, id",
  );
  for (const { head } of heads.rows) await addJob(client, state, head);
  state.open = [...state.jobs.values()]
    .filter((job) => job.state !== 'paused')
    .sort((a, b) => b.priority - a.priority || a.createdAt - b.createdAt);
  await loadLeases(client, state);
  return { id: farm.id, name: farm.name, batch: Number(farm.batch), state };
}

/** A job that is not in memory, because it had ended before this manager started; null when there is none. */
export async function loadJob(client: Queryable, id: string): Promise<JobEntry | null> {
  const { rows } = await client.query<{ head: JobHead }>('select head from job where id = $1', [id]);
  return rows[0] ? await readJob(client, rows[0].head) : null;
}

export type Queryable = Pick<pg.ClientBase, 'query'>;

async function addJob(client: Queryable, state: FarmState, head: JobHead): Promise<void> {
  state.jobs.set(head.id, await readJob(client, head));
}

async function readJob(client: Queryable, head: JobHead): Promise<JobEntry> {
  const job = entryOf(head);
  if (!job.board) return job;
  const { rows } = await client.query<{ frame: number; state: FrameState; failures: number }>(
    'select frame, state, failures from frame where job = $1',
    [head.id],
  );
  for (const row of rows) {
    const index = job.board.indexOf(row.frame);
    if (index >= 0) job.board.restore(index, row.state, row.failures);
    // It failed or was asked for again. Which of the two is not kept, and replacing nothing is harmless.
    if (row.state === 'waiting') job.replacing.add(row.frame);
  }
  if (job.state === 'canceled')
    for (let index = 0; index < job.board.size; index += 1)
      if (job.board.state(index) !== 'failed') job.board.apply(index, 'cancel');
  return job;
}

async function loadWorkers(client: Queryable, state: FarmState, now: number): Promise<void> {
  const { rows } = await client.query<{ hello: unknown; draining: boolean; frames_done: string }>(
    'select hello, draining, frames_done from worker',
  );
  for (const row of rows) {
    const hello = WorkerHello.parse(row.hello);
    state.workers.set(hello.id, {
      hello,
      state: row.draining ? 'draining' : 'idle',
      draining: row.draining,
      slotReports: [],
      since: now,
      seenAt: now,
      framesDone: Number(row.frames_done),
      leases: new Set(),
      lastUpdate: 0,
    });
  }
}

async function loadFrameServers(client: Queryable, state: FarmState, now: number): Promise<void> {
  const { rows } = await client.query<{ hello: unknown; host: string }>(
    'select hello, host from frame_server',
  );
  for (const row of rows) {
    const hello = FrameServerHello.parse(row.hello);
    state.frameServers.set(hello.id, {
      hello,
      host: row.host,
      seenAt: now,
      reachable: true,
      forget: new Set(),
    });
  }
  const forgets = await client.query<{ frame_server: string; job: string }>(
    'select frame_server, job from forget',
  );
  for (const row of forgets.rows) state.frameServers.get(row.frame_server)?.forget.add(row.job);
}

async function loadLeases(client: Queryable, state: FarmState): Promise<void> {
  const { rows } = await client.query<{
    id: string;
    job: string;
    worker: string;
    kind: 'probe' | 'render';
    frames: string | null;
    granted_at: string;
  }>('select id, job, worker, kind, frames, granted_at from lease');
  for (const row of rows) {
    const job = state.jobs.get(row.job);
    const worker = state.workers.get(row.worker);
    if (!job || !worker) continue;
    const frames = row.frames === null ? [] : [...parseFrames(row.frames)];
    const lease = {
      id: row.id,
      job: row.job,
      worker: row.worker,
      kind: row.kind,
      frames,
      open: new Set<number>(),
    };
    for (const frame of frames) {
      const index = job.board?.indexOf(frame) ?? -1;
      // What was given back is not in the lease's row any more, so only frames that ended are passed over.
      if (job.board?.state(index) !== 'waiting') continue;
      job.board.apply(index, 'lease');
      job.holders.set(index, row.id);
      lease.open.add(frame);
    }
    if (row.kind === 'render' && lease.open.size === 0) continue;
    state.leases.set(row.id, { ...lease, grantedAt: Number(row.granted_at) });
    job.leases.add(row.id);
    worker.leases.add(row.id);
  }
}

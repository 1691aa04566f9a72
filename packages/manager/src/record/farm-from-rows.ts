import {
  Build,
  FrameServerHello,
  type FrameState,
  parseFrames,
  WorkerHello,
  WorkerSettings,
} from '@akashganga/protocol';
import {
  buildKey,
  byTurn,
  emptyFarm,
  entryOf,
  type FarmState,
  freshWorker,
  type JobEntry,
  type JobHead,
  leaseTerms,
  takeResources,
  UNSET,
  type WorkerEntry,
} from '../schedule/index.ts';

/** What is kept of a farm's unfinished jobs, as the tables have it. */
export interface FarmRows {
  readonly workers: readonly WorkerRow[];
  readonly frameServers: readonly { readonly hello: unknown; readonly host: string }[];
  readonly builds: readonly { readonly build: unknown }[];
  readonly forgets: readonly { readonly frame_server: string; readonly job: string }[];
  /** Heads of jobs that have not ended, the oldest first, each with its frames' rows. */
  readonly jobs: readonly { readonly head: JobHead; readonly frames: readonly BoardRow[] }[];
  readonly leases: readonly LeaseRow[];
  readonly limits: readonly { readonly name: string; readonly most: number }[];
}

export interface WorkerRow {
  readonly hello: unknown;
  readonly draining: boolean;
  readonly frames_done: string | number;
  readonly settings: unknown;
  readonly sick: WorkerEntry['sick'];
}

export interface BoardRow {
  readonly frame: number;
  readonly state: FrameState;
  readonly failures: number;
}

export interface LeaseRow {
  readonly id: string;
  readonly job: string;
  readonly worker: string;
  readonly kind: 'probe' | 'render';
  readonly frames: string | null;
  readonly granted_at: string | number;
  readonly is_double: boolean;
}

/** The farm that these rows tell of. Workers get their usual time to return before they count as lost. */
export function farmFromRows(rows: FarmRows, leasePrefix: string, now: number): FarmState {
  const state = emptyFarm(leasePrefix);
  for (const row of rows.workers) addWorker(state, row, now);
  for (const row of rows.frameServers) {
    const hello = FrameServerHello.parse(row.hello);
    const entry = {
      hello,
      host: row.host,
      seenAt: now,
      reachable: true,
      isGone: false,
      full: false,
      forget: new Set<string>(),
    };
    state.frameServers.set(hello.id, entry);
  }
  for (const row of rows.builds) {
    const build = Build.parse(row.build);
    state.builds.set(buildKey(build), build);
  }
  for (const row of rows.limits) state.limits.set(row.name, Number(row.most));
  for (const row of rows.forgets) state.frameServers.get(row.frame_server)?.forget.add(row.job);
  for (const { head, frames } of rows.jobs) state.jobs.set(head.id, jobFromRows(head, frames));
  state.open = [...state.jobs.values()].filter((job) => job.state !== 'paused').sort(byTurn);
  // Doubles come last: one whose frame nobody else has any more is a lease like any other.
  const leases = [...rows.leases].sort((a, b) => Number(a.is_double) - Number(b.is_double));
  for (const row of leases) addLease(state, row);
  return state;
}

/** A job from its head and the rows of the frames that something happened to. */
export function jobFromRows(head: JobHead, frames: readonly BoardRow[]): JobEntry {
  const job = entryOf(head);
  if (!job.board) return job;
  for (const row of frames) {
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

function addWorker(state: FarmState, row: WorkerRow, now: number): void {
  const hello = WorkerHello.parse(row.hello);
  state.workers.set(hello.id, {
    hello,
    state: row.sick ? 'sick' : row.draining ? 'draining' : 'idle',
    draining: row.draining,
    settings: row.settings ? WorkerSettings.parse(row.settings) : UNSET,
    sick: row.sick,
    framesDone: Number(row.frames_done),
    ...freshWorker(now),
  });
}

function addLease(state: FarmState, row: LeaseRow): void {
  const job = state.jobs.get(row.job);
  const worker = state.workers.get(row.worker);
  if (!job || !worker) return;
  const frames = row.frames === null ? [] : [...parseFrames(row.frames)];
  const open = new Set<number>();
  let isDouble = false;
  for (const frame of frames) {
    const index = job.board?.indexOf(frame) ?? -1;
    if (row.is_double && job.board?.state(index) === 'leased') {
      isDouble = true;
      job.doubles.set(index, row.id);
      open.add(frame);
    }
    // What was given back is not in the lease's row any more, so only frames that ended are passed over.
    if (job.board?.state(index) !== 'waiting') continue;
    job.board.apply(index, 'lease');
    job.holders.set(index, row.id);
    open.add(frame);
  }
  if (row.kind === 'render' && open.size === 0) return;
  const { id, kind } = row;
  state.leases.set(id, {
    ...{ id, job: row.job, worker: row.worker, kind, frames, open, grantedAt: Number(row.granted_at) },
    ...{ cost: 0, isDouble, isKept: false, wanted: new Set(), wantedAt: 0, isWantedSaid: false },
    ...leaseTerms(job, worker),
  });
  takeResources(state, job.uses, 1);
  job.leases.add(id);
  if (kind === 'render' && !isDouble) job.unbegun.add(id);
  worker.leases.add(id);
}

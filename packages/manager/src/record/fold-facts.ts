import { type Fact, leaseFrames } from '../schedule/index.ts';

/** One row for each thing, the last word wins; what was opened and closed in one group is never written. */
export function foldFacts(facts: readonly Fact[]) {
  const rows = {
    jobs: new Map<string, object>(),
    frames: new Map<string, { job: string; state: string }>(),
    attempts: [] as { job: string }[],
    leases: new Map<string, { job: string; frames: string | null }>(),
    narrowed: new Map<string, object>(),
    closed: [] as string[],
    workers: new Map<string, { frames_done: number; readonly [column: string]: unknown }>(),
    /** Finished frames of workers of which nothing else changed. */
    tallies: new Map<string, { id: string; frames_done: number }>(),
    frameServers: new Map<string, object>(),
    builds: new Map<string, object>(),
    removedBuilds: new Map<string, object>(),
    limits: new Map<string, { name: string; most: number | null }>(),
    changes: [] as object[],
    notices: [] as object[],
    forgets: [] as object[],
    forgotten: [] as { frame_server: string; job: string }[],
    lostFrames: new Set<string>(),
    deletedJobs: new Set<string>(),
    deletedWorkers: new Set<string>(),
  };
  for (const fact of facts) addFact(rows, fact);
  return rows;
}

/** The rows that a group of facts comes to. A `frames` of a lease is a frame spec, null for a probe. */
export type Rows = ReturnType<typeof foldFacts>;

// What comes after this in the same group is of another job with the same name.
function dropJob(rows: Rows, job: string): void {
  rows.deletedJobs.add(job);
  rows.jobs.delete(job);
  for (const [key, row] of rows.frames) if (row.job === job) rows.frames.delete(key);
  for (const [key, row] of rows.leases) if (row.job === job) rows.leases.delete(key);
  rows.attempts = rows.attempts.filter((row) => row.job !== job);
}

// Rows of done frames go, and those of this group are waiting again; what is said after this stands.
function loseFrames(rows: Rows, job: string): void {
  rows.lostFrames.add(job);
  const nothing = { digest: null, size: null, seconds: null, memory: null, at: null, worker: null };
  for (const [key, row] of rows.frames)
    if (row.job === job && row.state === 'done')
      rows.frames.set(key, Object.assign({ ...row }, nothing, { state: 'waiting', failures: 0 }));
}

function addFact(rows: Rows, fact: Fact): void {
  switch (fact.kind) {
    case 'job': {
      const { id, createdAt, state } = fact.head;
      rows.jobs.set(id, { id, created_at: createdAt, state, head: fact.head });
      return;
    }
    case 'job-deleted':
      dropJob(rows, fact.job);
      if (fact.frameServer) rows.forgets.push({ frame_server: fact.frameServer, job: fact.job });
      return;
    case 'frame':
      rows.frames.set(`${fact.job} ${fact.frame}`, fact);
      return;
    case 'frames-lost':
      loseFrames(rows, fact.job);
      return;
    case 'forget':
      rows.forgets.push({ frame_server: fact.frameServer, job: fact.job });
      rows.forgotten = rows.forgotten.filter((row) => !isSame(row, fact));
      return;
    case 'attempt':
      rows.attempts.push(attemptRow(fact));
      return;
    case 'lease-opened': {
      const { id, job, worker, kind, frames, grantedAt, isDouble } = fact.lease;
      rows.leases.set(
        id,
        Object.assign(
          { id, job, worker, kind, frames: leaseFrames(frames) },
          { granted_at: grantedAt, is_double: isDouble },
        ),
      );
      return;
    }
    case 'lease-narrowed': {
      const opened = rows.leases.get(fact.lease);
      if (opened) opened.frames = leaseFrames(fact.frames);
      else rows.narrowed.set(fact.lease, { id: fact.lease, frames: leaseFrames(fact.frames) });
      return;
    }
    case 'lease-closed':
      rows.narrowed.delete(fact.lease);
      if (!rows.leases.delete(fact.lease)) rows.closed.push(fact.lease);
      return;
    case 'worker':
      rows.tallies.delete(fact.hello.id);
      rows.workers.set(fact.hello.id, {
        id: fact.hello.id,
        hello: fact.hello,
        draining: fact.draining,
        frames_done: fact.framesDone,
        settings: fact.settings,
        sick: fact.sick,
      });
      return;
    case 'worker-frames': {
      const row = rows.workers.get(fact.worker);
      if (row) row.frames_done = fact.framesDone;
      else rows.tallies.set(fact.worker, { id: fact.worker, frames_done: fact.framesDone });
      return;
    }
    case 'worker-removed':
      rows.tallies.delete(fact.worker);
      rows.workers.delete(fact.worker);
      rows.deletedWorkers.add(fact.worker);
      return;
    case 'frame-server':
      rows.frameServers.set(fact.hello.id, { id: fact.hello.id, hello: fact.hello, host: fact.host });
      return;
    case 'build': {
      const { version, platform } = fact.build;
      rows.builds.set(`${platform} ${version}`, { version, platform, build: fact.build });
      return;
    }
    case 'build-removed': {
      const { version, platform } = fact;
      rows.builds.delete(`${platform} ${version}`);
      rows.removedBuilds.set(`${platform} ${version}`, { version, platform });
      return;
    }
    case 'limit':
      rows.limits.set(fact.name, { name: fact.name, most: fact.most });
      return;
    case 'change':
      rows.changes.push(fact.change);
      return;
    case 'notice':
      rows.notices.push({ event: fact.notice.event, at: fact.notice.at, notice: fact.notice });
      return;
    case 'forgotten':
      rows.forgotten.push({ frame_server: fact.frameServer, job: fact.job });
  }
}

function isSame(
  row: { frame_server: string; job: string },
  fact: { frameServer: string; job: string },
): boolean {
  return row.frame_server === fact.frameServer && row.job === fact.job;
}

function attemptRow(fact: Extract<Fact, { kind: 'attempt' }>) {
  const { at, worker, seconds, memory, outcome, problem } = fact.attempt;
  return { job: fact.job, frame: fact.frame, at, worker, seconds, memory, outcome, problem, log: fact.log };
}

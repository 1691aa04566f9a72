import { type BuildRef, formatFrames, type Lease, type WorkReply } from '@akashganga/protocol';
import type { FarmState, JobEntry, LeaseEntry, OpenAsk, OpenGather, WorkerEntry } from './farm-state.ts';
import { failJob } from './job-life.ts';
import { openLease } from './leases.ts';
import { hasTags, isAlive, isAvoided, slotsOf, suits, takesWork } from './match.ts';
import type { Outcome } from './outcome.ts';
import { blenderFor, noneFits, versionsFor } from './which-blender.ts';

/** What a lease should keep a slot busy for. Longer ones cost less talk, shorter ones share better. */
const LEASE_SECONDS = 30;
const LONGEST_LEASE = 1000;

/** Gives everyone who waits what there is for them now. */
export function handOut(state: FarmState, now: number, outcome: Outcome): void {
  for (const job of state.open) if (job.frameServer === null) chooseFrameServer(state, job, outcome);
  for (const id of state.gathering.keys()) orderFilms(state, id, outcome);
  if (state.asking.size === 0) return;
  // Slots with nothing to do come before those that only want their next lease early.
  for (const open of [...state.asking.values()].sort((a, b) => Number(b.idle > 0) - Number(a.idle > 0))) {
    const worker = state.workers.get(open.worker);
    if (!worker) continue;
    const granted = takesWork(worker) ? grant(state, worker, open, now, outcome) : [];
    const ended = heldButEnded(worker, open);
    if (granted.length > 0 || ended) answerAsk(state, worker, granted, outcome);
  }
}

// A lease that this worker still renders was ended (canceled, lost, rendered by another): it must stop.
function heldButEnded(worker: WorkerEntry, open: OpenAsk): boolean {
  return open.busyWith.some((lease) => !worker.leases.has(lease));
}

function grant(
  state: FarmState,
  worker: WorkerEntry,
  open: OpenAsk,
  now: number,
  outcome: Outcome,
): string[] {
  const granted: string[] = [];
  while (granted.length < open.want) {
    const idle = granted.length < open.idle;
    const lease = nextLease(state, worker, idle, now, outcome);
    if (!lease) break;
    granted.push(lease.id);
  }
  return granted;
}

function nextLease(
  state: FarmState,
  worker: WorkerEntry,
  idle: boolean,
  now: number,
  outcome: Outcome,
): LeaseEntry | null {
  // A copy: a job that no worker can take fails in here and leaves the list.
  for (const job of [...state.open]) {
    if (job.frameServer === null || isAvoided(worker, job)) continue;
    if (!suits(state, worker, job)) {
      failIfTooNew(state, job, now, outcome);
      continue;
    }
    if (job.state === 'queued') {
      if (job.leases.size === 0) return openLease(state, job, worker, [], now, outcome);
      continue;
    }
    const waiting = job.board?.count('waiting') ?? 0;
    const slots = slotsOf(state);
    if (waiting === 0) continue;
    // The last frames are for slots that are free now, not for a queue behind a busy one. Nothing of a job
    // behind this one is queued either: slots that never run dry would never come back for them.
    if (!idle && waiting < slots) return null;
    const indices = job.board?.firstWaiting(leaseLength(job, waiting, slots)) ?? [];
    return openLease(state, job, worker, indices, now, outcome);
  }
  return null;
}

/** Frames for one lease: about half a fair share of what is left, so that the slots finish together. */
export function leaseLength(
  job: Pick<JobEntry, 'chunk' | 'frameSeconds'>,
  waiting: number,
  slots: number,
): number {
  if (job.chunk !== null) return job.chunk;
  if (job.frameSeconds === null) return 1;
  const inTime = Math.floor(LEASE_SECONDS / Math.max(0.001, job.frameSeconds));
  return Math.max(1, Math.min(inTime, Math.ceil(waiting / (2 * slots)), LONGEST_LEASE));
}

// When workers are here and every one of them can have only other Blenders, waiting helps nobody. One that
// can have none at all may yet be given one.
function failIfTooNew(state: FarmState, job: JobEntry, now: number, outcome: Outcome): void {
  const alive = [...state.workers.values()].filter(isAlive);
  const tagged = alive.filter((worker) => hasTags(worker, job));
  if (tagged.length === 0 || tagged.some((worker) => suits(state, worker, job))) return;
  const versions = tagged.map((worker) => versionsFor(state, worker));
  if (versions.some((some) => some.length === 0)) return;
  const error = noneFits(job, [...new Set(versions.flat())]);
  failJob(state, job, { code: error.code, says: error.says }, now, outcome);
}

function chooseFrameServer(state: FarmState, job: JobEntry, outcome: Outcome): void {
  const reachable = [...state.frameServers.values()].filter((entry) => entry.reachable);
  const load = (id: string) => state.open.filter((other) => other.frameServer === id).length;
  const [best] = reachable.sort((a, b) => load(a.hello.id) - load(b.hello.id));
  if (!best) return;
  job.frameServer = best.hello.id;
  outcome.job(job);
}

/** Answers the open request of a worker: new leases, leases to forget, whether to drain. */
export function answerAsk(
  state: FarmState,
  worker: WorkerEntry,
  leases: readonly string[],
  outcome: Outcome,
): void {
  const open = state.asking.get(worker.hello.id);
  if (!open) return;
  state.asking.delete(worker.hello.id);
  const reply: WorkReply = {
    leases: leases.flatMap((id) => wireLease(state, id)),
    ended: open.holding.filter((lease) => !worker.leases.has(lease)),
    drain: worker.draining,
  };
  outcome.reply(open.request, reply);
}

function wireLease(state: FarmState, id: string): Lease[] {
  const lease = state.leases.get(id);
  const job = state.jobs.get(lease?.job ?? '');
  if (!lease || !job) return [];
  const isProbe = lease.kind === 'probe';
  const server = state.frameServers.get(job.frameServer ?? '');
  const { probe } = job;
  return [
    {
      id: lease.id,
      job: job.id,
      kind: lease.kind,
      frames: isProbe ? null : formatFrames([...lease.open].sort((a, b) => a - b)),
      scene: job.scene,
      settings: job.settings,
      build: buildOf(state, lease, job),
      expect:
        isProbe || !probe ? null : { width: probe.width, height: probe.height, extension: probe.extension },
      order: probe?.order ?? 'any',
      frameServer: isProbe || !server ? null : frameServerUrl(server),
      replace: lease.frames.some((frame) => job.replacing.has(frame)),
      frameSeconds: job.frameSeconds,
      slowMotion: job.slowMotion,
    },
  ];
}

function buildOf(state: FarmState, lease: LeaseEntry, job: JobEntry): BuildRef | null {
  const worker = state.workers.get(lease.worker);
  const build = worker ? blenderFor(state, worker, job)?.build : null;
  if (!build) return null;
  const { version, platform, manifest, entry } = build;
  return { version, platform, manifest, entry };
}

/** `host` is the address it was reached from; `http/` replaces a loopback one by the name the worker uses. */
export function frameServerUrl(server: {
  hello: { url: string | null; port: number };
  host: string;
}): string {
  if (server.hello.url !== null) return server.hello.url;
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `http://${host}:${server.hello.port}`;
}

function orderFilms(state: FarmState, frameServer: string, outcome: Outcome): void {
  const entry = state.frameServers.get(frameServer);
  const open = state.gathering.get(frameServer);
  if (!entry || !open) return;
  const isWanted = state.open.some((job) => job.film.state === 'waiting' && job.frameServer === frameServer);
  const isUnwanted = unwantedFilms(state, open).length > 0;
  if (isWanted || isUnwanted || entry.forget.size > 0) answerGather(state, frameServer, outcome);
}

// A film under way for a job that waits for one was begun before frames were asked for again.
function unwantedFilms(state: FarmState, open: OpenGather): string[] {
  return [...open.encoding].filter((id) => state.jobs.get(id)?.film.state !== 'encoding');
}

/** Answers the open request of a frame server with the films to make, to stop, and the jobs to forget. */
export function answerGather(state: FarmState, frameServer: string, outcome: Outcome): void {
  const open = state.gathering.get(frameServer);
  const entry = state.frameServers.get(frameServer);
  if (!open || !entry) return;
  state.gathering.delete(frameServer);
  const stop = unwantedFilms(state, open);
  const encode = [];
  for (const job of state.open) {
    if (job.film.state !== 'waiting' || job.frameServer !== frameServer || !job.film.rate || !job.frameSpec)
      continue;
    job.film = { ...job.film, state: 'encoding' };
    outcome.job(job);
    const { container, rate } = job.film;
    encode.push({
      job: job.id,
      name: job.name,
      container,
      rate,
      frames: job.frameSpec,
      extension: job.probe?.extension ?? '.png',
    });
  }
  outcome.reply(open.request, { known: true, encode, stop, forget: [...entry.forget] });
}

import {
  type BuildRef,
  formatFrames,
  type Lease,
  type ProbeReport,
  promisedPixels,
  type WorkReply,
} from '@akashganga/protocol';
import type { FarmState, JobEntry, LeaseEntry, WorkerEntry } from './farm-state.ts';
import { askForKept, isToBeAsked } from './kept-frames.ts';
import { expectedSeconds } from './order/expected.ts';
import { orderOf, toVerify } from './order/order-of.ts';
import type { Outcome } from './outcome.ts';
import { blenderFor } from './which-blender.ts';

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
  state.index.workers.unshelve(open);
  const reply: WorkReply = {
    leases: leases.flatMap((id) => wireLease(state, id)),
    ended: open.holding.filter((lease) => !worker.leases.has(lease)),
    drain: worker.draining,
    wanted: recallsFor(state, worker),
    kept: askForKept(state, worker),
  };
  outcome.reply(open.request, reply);
}

/** Whether this worker was to be asked for frames, of its leases or kept ones, and has not been yet. */
export function hasUnsaidQuestion(state: FarmState, worker: WorkerEntry): boolean {
  if (state.seeking.size > 0 && isToBeAsked(state, worker)) return true;
  if (state.recalls.size === 0) return false;
  for (const id of worker.leases) {
    const lease = state.leases.get(id);
    if (lease && lease.wanted.size > 0 && !lease.isWantedSaid) return true;
  }
  return false;
}

function recallsFor(state: FarmState, worker: WorkerEntry): WorkReply['wanted'] {
  if (state.recalls.size === 0) return [];
  const wanted: WorkReply['wanted'] = [];
  for (const id of worker.leases) {
    const lease = state.leases.get(id);
    if (!lease || lease.wanted.size === 0 || lease.isWantedSaid) continue;
    lease.isWantedSaid = true;
    wanted.push({ lease: id, frames: formatFrames([...lease.wanted].sort((a, b) => a - b)) });
  }
  return wanted;
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
      expect: isProbe || !probe ? null : expected(probe),
      order: orderOf(job),
      verify: isProbe ? null : toVerify(job, lease.open),
      mix: isProbe ? mixOf(job) : null,
      double: lease.isDouble,
      slots: lease.slots,
      frameServer: isProbe || !server ? null : frameServerUrl(server),
      replace: lease.frames.some((frame) => job.replacing.has(frame)),
      kept: lease.isKept,
      frameSeconds: expectedSeconds(job, state.workers.get(lease.worker)),
      slowMotion: job.slowMotion,
      // `http/` signs it, for whoever asked.
      pass: '',
    },
  ];
}

// A GIF has no sound, and who sends a file or wants none does not wait for the scene's.
function mixOf({ film, askedFrames }: JobEntry): Lease['mix'] {
  const wish = film.settings.sound ?? 'scene';
  return wish === 'scene' && film.container !== 'gif' ? { frames: askedFrames } : null;
}

function expected(probe: ProbeReport): Lease['expect'] {
  const { width, height, extension } = probe;
  return { width, height, extension, ...promisedPixels(probe) };
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

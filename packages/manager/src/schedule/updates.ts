import {
  FarmError,
  formatFrames,
  isProblemCode,
  type ProbeReport,
  type Problem,
  parseFrames,
  problemClass,
  type WorkerUpdate,
} from '@akashganga/protocol';
import type { CommandOf } from './command.ts';
import { ATTEMPTS, blameMachine, recordDoubleFailure, recordFailure } from './failures.ts';
import type { FarmState, JobEntry, LeaseEntry } from './farm-state.ts';
import { FrameBoard } from './frame-board.ts';
import { failJob, moveJob, settleJob } from './job-life.ts';
import { framesOrNone, keptFrames } from './kept-frames.ts';
import { closeLease, narrowLease, releaseFrame } from './leases.ts';
import type { Outcome } from './outcome.ts';
import { findWorker } from './worker-commands.ts';

/** Applies what a worker reports, each update once, in order. Updates of leases that ended are passed over. */
export function updates(
  state: FarmState,
  command: CommandOf<'updates'>,
  now: number,
  outcome: Outcome,
): void {
  const worker = findWorker(state, command.worker);
  worker.seenAt = now;
  // Left on disk by the boot before, whose leases have all ended; its numbers say nothing about those of this one.
  if (command.batch.boot !== worker.hello.boot) {
    outcome.reply(command.request, { accepted: command.batch.updates.at(-1)?.seq ?? 0 });
    return;
  }
  let accepted = worker.lastUpdate;
  for (const update of command.batch.updates) {
    if (update.seq <= accepted) continue;
    accepted = update.seq;
    if (update.kind === 'kept-frames') {
      keptFrames(state, worker, update, now, outcome);
      continue;
    }
    const lease = state.leases.get(update.lease);
    const job = state.jobs.get(lease?.job ?? '');
    if (lease && job && lease.worker === command.worker) apply(state, job, lease, update, now, outcome);
  }
  worker.lastUpdate = accepted;
  outcome.reply(command.request, { accepted });
}

function apply(
  state: FarmState,
  job: JobEntry,
  lease: LeaseEntry,
  update: Exclude<WorkerUpdate, { kind: 'kept-frames' }>,
  now: number,
  outcome: Outcome,
): void {
  switch (update.kind) {
    case 'probed':
      if (lease.kind !== 'probe') return;
      closeLease(state, lease, 'return', outcome);
      return probed(state, job, update.report, now, outcome);
    case 'probe-failed':
      // It would end the whole job, of which this worker was only to render some frames.
      if (lease.kind !== 'probe') return;
      closeLease(state, lease, 'return', outcome);
      return probeFailed(state, job, lease.worker, update.problem, now, outcome);
    case 'lease-returned':
      return takeBack(state, job, lease, update.frames, outcome);
    case 'frame-failed': {
      const index = job.board?.indexOf(update.frame) ?? -1;
      const { problem, seconds, memory = null, log } = update;
      const { worker } = lease;
      const failed = { job, index, worker, problem, seconds, memory, log, outcome: 'failed' as const };
      if (index >= 0 && job.doubles.get(index) === lease.id)
        return recordDoubleFailure(state, failed, lease, now, outcome);
      if (index < 0 || job.holders.get(index) !== lease.id) return;
      recordFailure(state, failed, now, outcome);
      return settleJob(state, job, now, outcome);
    }
  }
}

function takeBack(
  state: FarmState,
  job: JobEntry,
  lease: LeaseEntry,
  spec: string | null,
  outcome: Outcome,
): void {
  if (spec === null) return closeLease(state, lease, 'return', outcome);
  for (const frame of framesOrNone(spec)) {
    const index = job.board?.indexOf(frame) ?? -1;
    if (!job.board || index < 0 || job.holders.get(index) !== lease.id) continue;
    if (job.board.apply(index, 'return')) outcome.frame(job, index, null);
    releaseFrame(state, job, index, 0, outcome);
  }
  // What it was asked for and kept, it has begun.
  if (lease.wanted.size > 0) {
    lease.wanted.clear();
    state.recalls.delete(lease.id);
    job.recalls.delete(lease.id);
  }
  narrowLease(state, lease, outcome);
}

function probed(state: FarmState, job: JobEntry, report: ProbeReport, now: number, outcome: Outcome): void {
  if (job.board) return;
  job.probe = report;
  const problem = problemInScene(job, report);
  if (problem) return failJob(state, job, problem, now, outcome);
  job.board = new FrameBoard(parseFrames(job.askedFrames ?? rangeOf(report)), job.order);
  job.frameSpec = formatFrames(job.board.numbers);
  const rate =
    job.askedFps === null ? { fps: report.fps, base: report.fpsBase } : { fps: job.askedFps, base: 1 };
  job.film = { ...job.film, rate };
  moveJob(state, job, job.looksFirst && job.state === 'queued' ? 'pause' : 'probed', now, outcome);
}

function rangeOf(report: ProbeReport): string {
  return `${report.frameStart}-${report.frameEnd}x${report.frameStep}`;
}

function problemInScene(job: JobEntry, report: ProbeReport): Problem | null {
  const found = errorInScene(job, report);
  return found && { code: found.code, says: found.says };
}

function errorInScene(job: JobEntry, report: ProbeReport): FarmError | null {
  if (job.askedFrames === null && report.frameEnd < report.frameStart)
    return new FarmError('scene.no-frames', { start: report.frameStart, end: report.frameEnd });
  if (job.askedFrames === null && framesOrNone(rangeOf(report)).length === 0)
    return new FarmError('scene.unreadable', {
      why: `its frames ${rangeOf(report)} are beyond Blender's own`,
    });
  if (report.camera === null) return new FarmError('scene.no-camera', { scene: report.scene });
  if (report.missing.length > 0 && !job.settings.allowMissing) {
    const files = report.missing.slice(0, 10).map((file) => `${file.path} (${file.kind} ${file.name})`);
    return new FarmError('scene.missing-file', { count: report.missing.length, files });
  }
  return null;
}

function probeFailed(
  state: FarmState,
  job: JobEntry,
  worker: string,
  problem: Problem,
  now: number,
  outcome: Outcome,
): void {
  const mendedBy = isProblemCode(problem.code) ? problemClass(problem.code) : 'transient';
  if (mendedBy === 'scene') return failJob(state, job, problem, now, outcome);
  // A Blender that was killed or crashed is no fault of the computer: it is tried as often as a frame is.
  if (mendedBy === 'transient') {
    job.probeFailures += 1;
    if (job.probeFailures >= ATTEMPTS) failJob(state, job, problem, now, outcome);
    return;
  }
  // Anything else counts against this computer; the probe is tried again while one is left.
  blameMachine(state, { job, worker, problem }, now, outcome);
}

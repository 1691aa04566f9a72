import { FarmError, finishedJobStates, type GatherReport } from '@akashganga/protocol';
import type { CommandOf } from './command.ts';
import { rememberPeak } from './failures.ts';
import {
  type FarmState,
  type FrameServerEntry,
  type JobEntry,
  RATE_WINDOW,
  type WorkerEntry,
} from './farm-state.ts';
import { doubt, learnOwnPace, settleDoubt } from './hasty.ts';
import { endWithFrames, endWithoutFilm, settleJob } from './job-life.ts';
import { narrowLease, releaseFrame } from './leases.ts';
import { noteOdd, rememberLook } from './odd-frames.ts';
import { learnPace } from './order/expected.ts';
import { answerGather } from './order-films.ts';
import type { Outcome } from './outcome.ts';
import { showFrameServer } from './show.ts';

export function frameServerHello(
  state: FarmState,
  command: CommandOf<'frame-server-hello'>,
  now: number,
  outcome: Outcome,
): void {
  const { hello, host } = command;
  const entry: FrameServerEntry = state.frameServers.get(hello.id) ?? {
    hello,
    host,
    seenAt: now,
    reachable: true,
    isGone: false,
    full: false,
    forget: new Set(),
  };
  // One that was given up comes back when it is started again.
  const isGone = entry.isGone && entry.hello.boot === hello.boot;
  Object.assign(entry, { hello, host, seenAt: now, reachable: !isGone, isGone });
  state.frameServers.set(hello.id, entry);
  outcome.fact({ kind: 'frame-server', hello, host });
  outcome.frameServers.add(hello.id);
  outcome.reply(command.request, showFrameServer(entry));
}

export function gather(state: FarmState, command: CommandOf<'gather'>, now: number, outcome: Outcome): void {
  const entry = state.frameServers.get(command.frameServer);
  if (!entry || entry.hello.boot !== command.gather.boot) {
    outcome.reply(command.request, { known: false, encode: [], stop: [], forget: [] });
    return;
  }
  entry.seenAt = now;
  if (!entry.reachable && !entry.isGone) outcome.frameServers.add(command.frameServer);
  entry.reachable = !entry.isGone;
  noteFree(entry, command.gather.freeBytes, outcome);
  noteFull(state, entry, command.gather.full === true, outcome);
  if (state.gathering.has(command.frameServer)) answerGather(state, command.frameServer, outcome);
  const encoding = new Set(command.gather.encoding);
  state.gathering.set(command.frameServer, {
    request: command.request,
    frameServer: command.frameServer,
    encoding,
  });
  // A film that was under way in a frame server that has started anew is ordered again.
  for (const job of state.jobs.values())
    if (job.film.state === 'encoding' && job.frameServer === command.frameServer && !encoding.has(job.id))
      setFilm(job, 'waiting', outcome);
}

/** Less than this more or less free is nothing to tell people. */
const WORTH_TELLING = 0.01;

function noteFree(entry: FrameServerEntry, free: number | null, outcome: Outcome): void {
  const before = entry.hello.freeBytes;
  if (free === null || (before !== null && Math.abs(free - before) <= before * WORTH_TELLING)) return;
  entry.hello = { ...entry.hello, freeBytes: free };
  outcome.frameServers.add(entry.hello.id);
}

// Its jobs say what they wait for, so people are told when that changes.
function noteFull(state: FarmState, entry: FrameServerEntry, full: boolean, outcome: Outcome): void {
  if (entry.full === full) return;
  entry.full = full;
  for (const job of state.jobs.values())
    if (job.frameServer === entry.hello.id && !finishedJobStates.includes(job.state)) outcome.job(job);
}

function setFilm(job: JobEntry, film: JobEntry['film']['state'], outcome: Outcome): void {
  job.film = { ...job.film, state: film };
  outcome.job(job);
}

export function gatherOver(state: FarmState, command: CommandOf<'gather-over'>, outcome: Outcome): void {
  if (state.gathering.get(command.frameServer)?.request === command.gather)
    answerGather(state, command.frameServer, outcome);
}

export function reports(
  state: FarmState,
  command: CommandOf<'reports'>,
  now: number,
  outcome: Outcome,
): void {
  const entry = state.frameServers.get(command.frameServer);
  if (!entry) throw new FarmError('frame-server.unknown', { frameServer: command.frameServer });
  entry.seenAt = now;
  for (const report of command.reports) {
    if (report.kind === 'forgotten') {
      entry.forget.delete(report.job);
      // It may have the job again now.
      outcome.frameServers.add(command.frameServer);
      outcome.fact({ kind: 'forgotten', frameServer: command.frameServer, job: report.job });
      continue;
    }
    const job = state.jobs.get(report.job);
    if (!job) {
      forgetUnknown(entry, report.job, outcome);
      continue;
    }
    if (job.frameServer === command.frameServer) applyReport(state, job, report, now, outcome);
    // Which it is to forget is known after a restart of the manager too.
    else if (report.kind === 'frame' && (job.left.has(command.frameServer) || entry.forget.has(job.id)))
      strayed(state, job, report, outcome);
  }
  outcome.reply(command.request, { accepted: command.reports.length });
}

/** A frame server that says more of them than this at a time does not mean well. */
const MOST_UNKNOWN = 10_000;

// Delivered once more after its job was deleted, say: nobody will ever ask for it.
function forgetUnknown(entry: FrameServerEntry, job: string, outcome: Outcome): void {
  if (entry.forget.size >= MOST_UNKNOWN || entry.forget.has(job)) return;
  entry.forget.add(job);
  outcome.fact({ kind: 'forget', frameServer: entry.hello.id, job });
  outcome.frameServers.add(entry.hello.id);
}

// Delivered to a frame server that the job has left: whoever has it holds nothing that the job's own will get.
function strayed(
  state: FarmState,
  job: JobEntry,
  report: Extract<GatherReport, { kind: 'frame' }>,
  outcome: Outcome,
): void {
  const index = job.board?.indexOf(report.frame) ?? -1;
  if (!job.board || index < 0 || job.holders.get(index) !== report.lease) return;
  if (job.board.apply(index, 'return')) outcome.frame(job, index, null);
  const lease = state.leases.get(report.lease);
  releaseFrame(state, job, index, report.seconds ?? 0, outcome);
  if (lease) narrowLease(state, lease, outcome);
}

type JobReport = Exclude<GatherReport, { kind: 'forgotten' }>;

function applyReport(
  state: FarmState,
  job: JobEntry,
  report: JobReport,
  now: number,
  outcome: Outcome,
): void {
  switch (report.kind) {
    case 'frame':
      return frameDone(state, job, report, now, outcome);
    case 'film':
      // A film that is not ordered now was made before frames were asked for again; the next order makes it anew.
      if (job.film.state !== 'encoding') return;
      job.film = {
        ...job.film,
        state: 'done',
        digest: report.digest,
        size: report.size,
        frames: report.frames,
        notes: report.notes ?? [],
        psnr: report.psnr ?? null,
      };
      return endWithFrames(state, job, now, outcome);
    case 'film-failed':
      if (job.film.state !== 'encoding') return;
      job.film = { ...job.film, state: 'failed' };
      return endWithoutFilm(state, job, report.problem, now, outcome);
  }
}

/** The one place where a frame becomes done: its verified file is stored. */
function frameDone(
  state: FarmState,
  job: JobEntry,
  report: Extract<GatherReport, { kind: 'frame' }>,
  now: number,
  outcome: Outcome,
): void {
  const index = job.board?.indexOf(report.frame) ?? -1;
  if (!job.board || index < 0) return;
  // Asked for again: only what was rendered since then is it, not the old picture's report said twice.
  if (job.replacing.has(report.frame) && report.lease !== job.holders.get(index)) return;
  if (report.differs) noteOdd(job, report.frame, 'differs', outcome);
  if (doubt(state, job, index, report, now, outcome)) return;
  if (!job.board.apply(index, 'done')) return;
  releaseFrame(state, job, index, report.seconds ?? 0, outcome);
  if (job.replacing.delete(report.frame)) job.rerendered.add(report.frame);
  outcome.frame(job, index, report.worker);
  const { frame, worker, digest, size, seconds, memory } = report;
  const failures = job.board.failures(index);
  outcome.fact({
    kind: 'frame',
    job: job.id,
    frame,
    state: 'done',
    failures,
    worker,
    digest,
    size,
    seconds,
    memory,
    at: now,
  });
  const attempt = { worker, at: now, seconds, memory, outcome: 'done' as const, problem: null };
  if (failures > 0) outcome.fact({ kind: 'attempt', job: job.id, frame, attempt, log: '' });
  remember(state, job, report, now, outcome);
  settleDoubt(state, job, index, report, now, outcome);
  // A job that has ended is shown from its head, so its counts must be those of now.
  if (finishedJobStates.includes(job.state)) outcome.job(job);
  settleJob(state, job, now, outcome);
}

function learn(
  job: JobEntry,
  worker: WorkerEntry | undefined,
  report: Extract<GatherReport, { kind: 'frame' }>,
): void {
  if (report.seconds === null || !job.board) return;
  const index = job.board.indexOf(report.frame);
  if (worker) learnOwnPace(job, index, worker, report.seconds);
  learnPace(job, worker, report.seconds);
  job.times.learn(index, job.board.size, report.seconds / (worker?.pace ?? 1));
}

// Slots that began together end together: fewer than some rounds of theirs would be taken for another pace.
function keepLatest(job: JobEntry, seconds: number, now: number): void {
  const { least, most, rounds } = RATE_WINDOW;
  const since = now - rounds * seconds * 1000;
  while (job.doneTimes.length > least && (job.doneTimes.length > most || (job.doneTimes[0] ?? 0) < since)) {
    job.rateSince = job.doneTimes.shift() ?? job.rateSince;
    job.doneSeconds.shift();
  }
}

function remember(
  state: FarmState,
  job: JobEntry,
  report: Extract<GatherReport, { kind: 'frame' }>,
  now: number,
  outcome: Outcome,
): void {
  job.doneTimes.push(now);
  rememberPeak(job, report.memory);
  rememberLook(job, report.frame, report.look ?? null, outcome);
  for (const frame of report.unlike ?? []) noteOdd(job, frame, 'unlike', outcome);
  const worker = state.workers.get(report.worker ?? '');
  learn(job, worker, report);
  job.doneSeconds.push((report.seconds ?? job.frameSeconds ?? 0) / (worker?.pace ?? 1));
  keepLatest(job, report.seconds ?? 0, now);
  if (!worker) return;
  worker.framesDone += 1;
  // Whatever was wrong with it and this job is not wrong any more.
  worker.blames.delete(job.id);
  outcome.workerFrames(worker);
}

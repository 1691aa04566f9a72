import { FarmError, move, type SlotReport, type WorkerEvent, workerStates } from '@akashganga/protocol';
import { answerAsk, hasUnsaidQuestion } from './answer-ask.ts';
import { beatsFor } from './beats.ts';
import type { CommandOf } from './command.ts';
import type { FarmState, WorkerEntry } from './farm-state.ts';
import { freshWorker, UNSET } from './fresh.ts';
import { loseLeases } from './lost.ts';
import type { Outcome } from './outcome.ts';
import { framesHere, leaseRendered } from './rendered-frames.ts';
import { showWorker } from './show.ts';
import { sleepOrWake } from './sleep/sleep-or-wake.ts';
import { askBackAll } from './tail.ts';

export function findWorker(state: FarmState, id: string): WorkerEntry {
  const worker = state.workers.get(id);
  if (!worker) throw new FarmError('worker.unknown', { worker: id });
  return worker;
}

/** A new boot of a worker has nothing of what the one before held, but for what lies rendered on its disk. */
export function hello(state: FarmState, command: CommandOf<'hello'>, now: number, outcome: Outcome): void {
  const known = state.workers.get(command.hello.id);
  const worker: WorkerEntry = known ?? {
    hello: command.hello,
    state: 'idle',
    draining: false,
    settings: UNSET,
    sick: null,
    framesDone: 0,
    ...freshWorker(now),
  };
  const here = framesHere(state, worker, command.rendered ?? []);
  if (worker.hello.boot !== command.hello.boot) {
    loseLeases(state, worker, now, outcome, here);
    // Nobody reads the answer to what the process before asked.
    answerAsk(state, worker, [], outcome);
    worker.lastUpdate = 0;
    worker.slotReports = [];
    worker.draining = false;
    worker.state = worker.sick ? 'sick' : 'idle';
    worker.inUse = false;
  }
  worker.hello = command.hello;
  worker.seenAt = now;
  state.workers.set(command.hello.id, worker);
  wakeUp(worker, now);
  sleepOrWake(state, worker, now, outcome);
  outcome.worker(worker);
  leaseRendered(state, worker, here, now, outcome);
  outcome.reply(command.request, showWorker(state, worker));
}

/** Takes the place of any request of this worker that is still open. */
export function ask(state: FarmState, command: CommandOf<'ask'>, now: number, outcome: Outcome): void {
  const worker = findWorker(state, command.worker);
  if (worker.hello.boot !== command.ask.boot)
    throw new FarmError('worker.unknown', { worker: command.worker });
  worker.seenAt = now;
  if (worker.state === 'lost') {
    wakeUp(worker, now);
    outcome.workers.add(command.worker);
  }
  const before = state.asking.get(command.worker);
  if (before) answerAsk(state, worker, [], outcome);

  const { holding, want, idle } = command.ask;
  const held = new Set(holding.map((one) => one.lease));
  const unheard = [...worker.leases].filter((id) => !held.has(id));
  state.asking.set(command.worker, {
    request: command.request,
    worker: command.worker,
    want: Math.max(0, want - unheard.length),
    idle,
    holding: [...held],
    busyWith: holding.filter((one) => one.left > 0).map((one) => one.lease),
    pace: worker.pace,
    number: state.index.workers.nextAsk(),
  });
  state.index.workers.restless.add(command.worker);
  // Granted before, but the answer was lost on the way; or there is something to ask of it.
  if (unheard.length > 0 || hasUnsaidQuestion(state, worker)) answerAsk(state, worker, unheard, outcome);
}

export function askOver(state: FarmState, command: CommandOf<'ask-over'>, outcome: Outcome): void {
  const open = state.asking.get(command.worker);
  const worker = state.workers.get(command.worker);
  if (open?.request === command.ask && worker) answerAsk(state, worker, [], outcome);
}

export function heartbeat(
  state: FarmState,
  command: CommandOf<'heartbeat'>,
  now: number,
  outcome: Outcome,
): void {
  const worker = state.workers.get(command.worker);
  if (!worker || worker.hello.boot !== command.heartbeat.boot) {
    outcome.reply(command.request, { known: false });
    return;
  }
  worker.seenAt = now;
  worker.slotReports = command.heartbeat.slots;
  worker.inUse = command.heartbeat.inUse ?? false;
  worker.problem = command.heartbeat.problem ?? null;
  const { slots, delivering } = command.heartbeat;
  for (const report of slots)
    if (report.state === 'rendering') showFrame(state, worker, report, 'start', now, outcome);
  for (const report of delivering) showFrame(state, worker, report, 'deliver', now, outcome);
  // It was lost for a while, and nobody else has begun these.
  if (delivering.length > 0 && worker.had.size > 0)
    leaseRendered(state, worker, framesHere(state, worker, delivering), now, outcome);
  const event = workerEvent(slots, delivering.length > 0);
  const next = worker.draining ? 'draining' : worker.sick ? 'sick' : move(workerStates, worker.state, event);
  if (next !== null && next !== worker.state) {
    worker.state = next;
    worker.since = now;
  }
  if (worker.settings.onlyWhenIdle) sleepOrWake(state, worker, now, outcome);
  outcome.workers.add(command.worker);
  outcome.reply(command.request, { known: true, ...beatsFor(state.workers.size) });
}

/** The state of a whole worker is the busiest of its slots. */
function workerEvent(slots: readonly SlotReport[], isDelivering: boolean): WorkerEvent {
  const states = new Set(slots.map((slot) => slot.state));
  if (states.has('rendering')) return 'render';
  if (states.has('preparing')) return 'prepare';
  return isDelivering ? 'deliver' : 'idle';
}

function showFrame(
  state: FarmState,
  worker: WorkerEntry,
  report: Pick<SlotReport, 'job' | 'lease' | 'frame'>,
  event: 'start' | 'deliver',
  now: number,
  outcome: Outcome,
): void {
  const job = state.jobs.get(report.job ?? '');
  if (!job?.board || report.frame === null || report.lease === null) return;
  // Leases have numbers, so that of another worker can be guessed.
  if (state.leases.get(report.lease)?.worker !== worker.hello.id) return;
  const index = job.board.indexOf(report.frame);
  if (index < 0 || job.holders.get(index) !== report.lease) return;
  const before = job.board.state(index);
  job.board.apply(index, event);
  if (event === 'deliver') job.begun.delete(index);
  else if (!job.begun.has(index)) job.begun.set(index, now);
  if (job.board.state(index) !== before) outcome.frame(job, index, worker.hello.id);
}

export function drain(state: FarmState, command: CommandOf<'drain'>, now: number, outcome: Outcome): void {
  const worker = findWorker(state, command.worker);
  worker.draining = true;
  if (worker.state !== 'lost') setState(worker, 'draining', now);
  const open = state.asking.get(command.worker);
  if (open) answerAsk(state, worker, [], outcome);
  askBackAll(state, worker, now, outcome);
  outcome.worker(worker);
  outcome.reply(command.request, showWorker(state, worker));
}

export function wake(state: FarmState, command: CommandOf<'wake'>, now: number, outcome: Outcome): void {
  const worker = findWorker(state, command.worker);
  worker.draining = false;
  worker.isWoken = true;
  if (worker.state !== 'lost') wakeUp(worker, now);
  outcome.worker(worker);
  outcome.reply(command.request, showWorker(state, worker));
}

export function removeWorker(
  state: FarmState,
  command: CommandOf<'remove-worker'>,
  now: number,
  outcome: Outcome,
): void {
  const worker = findWorker(state, command.worker);
  loseLeases(state, worker, now, outcome);
  const open = state.asking.get(command.worker);
  if (open) answerAsk(state, worker, [], outcome);
  state.workers.delete(command.worker);
  outcome.fact({ kind: 'worker-removed', worker: command.worker });
  outcome.removedWorkers.push(command.worker);
  outcome.reply(command.request, { deleted: true });
}

function wakeUp(worker: WorkerEntry, now: number): void {
  const next = worker.draining ? 'draining' : worker.sick ? 'sick' : move(workerStates, worker.state, 'wake');
  if (next !== null) setState(worker, next, now);
}

function setState(worker: WorkerEntry, state: WorkerEntry['state'], now: number): void {
  if (worker.state === state) return;
  worker.state = state;
  worker.since = now;
}

import { move, workerStates } from '@akashganga/protocol';
import type { FarmState, WorkerEntry } from '../farm-state.ts';
import type { Outcome } from '../outcome.ts';
import { askBackAll } from '../tail.ts';
import { isWithin, parseHours } from './hours.ts';

/** Puts a worker to sleep or wakes it, as its hours and whoever sits at it say. What it renders it finishes. */
export function sleepOrWake(state: FarmState, worker: WorkerEntry, now: number, outcome: Outcome): void {
  const isTime = isTimeToSleep(worker, now);
  if (!isTime) worker.isWoken = false;
  const next = move(workerStates, worker.state, isTime && !worker.isWoken ? 'sleep' : 'wake');
  if (next === null || next === worker.state) return;
  // `wake` is for those who sleep: whoever drains or is lost has other reasons.
  if (next === 'idle' && worker.state !== 'asleep') return;
  worker.state = next;
  worker.since = now;
  if (next === 'asleep') askBackAll(state, worker, now, outcome);
  outcome.workers.add(worker.hello.id);
}

function isTimeToSleep(worker: WorkerEntry, now: number): boolean {
  const { sleep, onlyWhenIdle } = worker.settings;
  if (onlyWhenIdle && worker.inUse) return true;
  return sleep !== null && isWithin(parseHours(sleep), worker.hello.timeZone, now);
}

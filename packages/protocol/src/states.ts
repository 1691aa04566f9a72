import { z } from 'zod';

// One table per kind says which moves exist; `move` is the one function that applies it.

export const JobState = z.enum(['queued', 'active', 'paused', 'completed', 'failed', 'canceled']);
export type JobState = z.infer<typeof JobState>;

export const FrameState = z.enum([
  'waiting',
  'leased',
  'rendering',
  'delivering',
  'done',
  'failed',
  'canceled',
]);
export type FrameState = z.infer<typeof FrameState>;

export const WorkerState = z.enum([
  'idle',
  'preparing',
  'rendering',
  'delivering',
  'asleep',
  'draining',
  'lost',
  'sick',
]);
export type WorkerState = z.infer<typeof WorkerState>;

export type StateTable<State extends string, Event extends string> = {
  readonly [from in State]: { readonly [event in Event]?: State };
};

export type JobEvent = 'probed' | 'pause' | 'resume' | 'cancel' | 'retry' | 'fail' | 'complete';

/** A paused job that was never probed goes back to `queued` by way of `resume` and is probed then. */
export const jobStates: StateTable<JobState, JobEvent> = {
  queued: { probed: 'active', pause: 'paused', cancel: 'canceled', fail: 'failed' },
  active: { pause: 'paused', cancel: 'canceled', fail: 'failed', complete: 'completed', retry: 'active' },
  paused: {
    resume: 'queued',
    cancel: 'canceled',
    fail: 'failed',
    complete: 'completed',
    probed: 'paused',
    retry: 'paused',
  },
  completed: { retry: 'active' },
  failed: { retry: 'active', cancel: 'canceled' },
  canceled: { retry: 'active' },
};

export type FrameEvent = 'lease' | 'start' | 'deliver' | 'done' | 'return' | 'fail' | 'cancel' | 'retry';

/**
 * `done` is reachable from every state but itself: a verified frame that arrives late is still the frame.
 * Nothing but `retry` (asked for by a person) leads out of `done`.
 */
export const frameStates: StateTable<FrameState, FrameEvent> = {
  waiting: { lease: 'leased', done: 'done', cancel: 'canceled', fail: 'failed' },
  leased: {
    start: 'rendering',
    deliver: 'delivering',
    done: 'done',
    return: 'waiting',
    fail: 'failed',
    cancel: 'canceled',
  },
  rendering: {
    deliver: 'delivering',
    done: 'done',
    return: 'waiting',
    fail: 'failed',
    cancel: 'canceled',
    start: 'rendering',
  },
  delivering: { done: 'done', return: 'waiting', fail: 'failed', cancel: 'canceled', deliver: 'delivering' },
  done: { retry: 'waiting' },
  failed: { retry: 'waiting', done: 'done', cancel: 'canceled' },
  canceled: { retry: 'waiting', done: 'done' },
};

export type WorkerEvent =
  | 'idle'
  | 'prepare'
  | 'render'
  | 'deliver'
  | 'sleep'
  | 'wake'
  | 'drain'
  | 'lose'
  | 'sicken'
  | 'forgive';

const busy = { idle: 'idle', prepare: 'preparing', render: 'rendering', deliver: 'delivering' } as const;
const stops = { sleep: 'asleep', drain: 'draining', lose: 'lost', sicken: 'sick' } as const;

/** A draining worker finishes what it has and then leaves; `wake` takes it back. */
export const workerStates: StateTable<WorkerState, WorkerEvent> = {
  idle: { ...busy, ...stops },
  preparing: { ...busy, ...stops },
  rendering: { ...busy, ...stops },
  delivering: { ...busy, ...stops },
  asleep: { wake: 'idle', lose: 'lost', drain: 'draining' },
  draining: { lose: 'lost', wake: 'idle' },
  lost: { ...busy, wake: 'idle', drain: 'draining' },
  sick: { forgive: 'idle', lose: 'lost', drain: 'draining' },
};

/** The state that `event` leads to, or null where the table has no such move. */
export function move<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  from: State,
  event: Event,
): State | null {
  return table[from][event] ?? null;
}

export const finishedJobStates: readonly JobState[] = ['completed', 'failed', 'canceled'];

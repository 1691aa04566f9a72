import type {
  Attempt,
  Build,
  Change,
  FarmError,
  FrameServerHello,
  FrameState,
  Notice,
  WorkerHello,
} from '@akashganga/protocol';
import type { JobEntry, LeaseEntry, WorkerEntry } from './farm-state.ts';
import { headOf, type JobHead } from './job-head.ts';

/** What must be on disk before a reply leaves. `record/` writes them, many steps in one transaction. */
export type Fact =
  | { readonly kind: 'job'; readonly head: JobHead }
  | { readonly kind: 'job-deleted'; readonly job: string; readonly frameServer: string | null }
  | {
      readonly kind: 'frame';
      readonly job: string;
      readonly frame: number;
      readonly state: 'waiting' | 'done' | 'failed';
      readonly failures: number;
      readonly worker: string | null;
      readonly digest: string | null;
      readonly size: number | null;
      readonly seconds: number | null;
      readonly memory: number | null;
      readonly at: number | null;
    }
  | {
      readonly kind: 'attempt';
      readonly job: string;
      readonly frame: number;
      readonly attempt: Attempt;
      readonly log: string;
    }
  | { readonly kind: 'lease-opened'; readonly lease: LeaseEntry }
  | { readonly kind: 'lease-narrowed'; readonly lease: string; readonly frames: readonly number[] }
  | { readonly kind: 'lease-closed'; readonly lease: string }
  | {
      readonly kind: 'worker';
      readonly hello: WorkerHello;
      readonly draining: boolean;
      readonly framesDone: number;
      readonly settings: WorkerEntry['settings'];
      readonly sick: WorkerEntry['sick'];
    }
  | { readonly kind: 'worker-frames'; readonly worker: string; readonly framesDone: number }
  | { readonly kind: 'worker-removed'; readonly worker: string }
  | { readonly kind: 'frame-server'; readonly hello: FrameServerHello; readonly host: string }
  | { readonly kind: 'build'; readonly build: Build }
  | { readonly kind: 'build-removed'; readonly version: string; readonly platform: string }
  | { readonly kind: 'limit'; readonly name: string; readonly most: number | null }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** Its frame server is gone: what was done is so no more. */
  | { readonly kind: 'frames-lost'; readonly job: string }
  | { readonly kind: 'forget'; readonly frameServer: string; readonly job: string }
  | { readonly kind: 'forgotten'; readonly frameServer: string; readonly job: string };

/** An answer to a request: a value, or the problem. */
export type Reply =
  | { readonly request: string; readonly value: unknown }
  | { readonly request: string; readonly error: FarmError };

/** Of a job with more, frames that a person's word changes together are read again instead of told one by one. */
const MANY_FRAMES = 1000;

/** What one step brought about, in order. The caller keeps it until the facts are on disk. */
export class Outcome {
  readonly facts: Fact[] = [];
  readonly replies: Reply[] = [];
  /** Things whose picture changed, to announce. */
  readonly jobs = new Set<string>();
  /** Those of them of which more changed than their frames. */
  readonly heads = new Set<string>();
  readonly workers = new Set<string>();
  readonly frameServers = new Set<string>();
  readonly frames: { job: string; frame: number; state: FrameState; worker: string | null }[] = [];
  /** Jobs of which so many frames changed that they are not listed in `frames`. */
  readonly allFrames = new Set<string>();
  readonly removedJobs: string[] = [];
  readonly removedWorkers: string[] = [];
  /** There is something to tell people outside. */
  hasNotice = false;

  fact(fact: Fact): void {
    this.facts.push(fact);
  }

  reply(request: string, value: unknown): void {
    this.replies.push({ request, value });
  }

  refuse(request: string, error: FarmError): void {
    this.replies.push({ request, error });
  }

  /** The job's head changed: keep it and show it. */
  job(job: JobEntry): void {
    // Copied now: the entry goes on changing before this is written.
    this.fact({ kind: 'job', head: headOf(job) });
    this.jobs.add(job.id);
    this.heads.add(job.id);
  }

  notice(notice: Notice): void {
    this.fact({ kind: 'notice', notice });
    this.hasNotice = true;
  }

  worker(worker: WorkerEntry): void {
    const { hello, draining, framesDone, settings, sick } = worker;
    this.fact({ kind: 'worker', hello, draining, framesDone, settings, sick });
    this.workers.add(hello.id);
  }

  /** What follows may change many frames of a large job: they are announced all together. */
  manyFrames(job: JobEntry): void {
    if ((job.board?.size ?? 0) <= MANY_FRAMES) return;
    this.allFrames.add(job.id);
    this.jobs.add(job.id);
  }

  /** It finished a frame. Its count alone is written: there may be thousands a second of these. */
  workerFrames(worker: WorkerEntry): void {
    this.fact({ kind: 'worker-frames', worker: worker.hello.id, framesDone: worker.framesDone });
    this.workers.add(worker.hello.id);
  }

  frame(job: JobEntry, index: number, worker: string | null): void {
    if (!job.board || this.allFrames.has(job.id)) return;
    this.frames.push({
      job: job.id,
      frame: job.board.numbers[index] ?? 0,
      state: job.board.state(index),
      worker,
    });
    this.jobs.add(job.id);
  }
}

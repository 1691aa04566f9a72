import { formatFrames, type Lease, type Problem } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { Courier } from '../delivery/courier.ts';
import type { FrameOutbox, Parcel, TakenFrame } from '../delivery/frame-outbox.ts';
import type { Work } from '../leases/held-leases.ts';
import type { NewUpdate, UpdateOutbox } from '../link/update-outbox.ts';
import type { Done } from '../slots/slot.ts';

/** The end of a log that travels with a failure, in characters. */
const LOG_TAIL = 60_000;

export interface ResultsOptions {
  readonly updates: UpdateOutbox;
  readonly frames: FrameOutbox;
  readonly courier: Courier;
  readonly slowMotionSeconds: number;
  readonly log: Logger;
}

/** A result whose files are the outbox's. */
export type Taken =
  | Exclude<Done, { kind: 'rendered' }>
  | (Extract<Done, { kind: 'rendered' }> & { readonly taken: TakenFrame });

/** Where results go: pictures to the frame server, facts to the manager, both by way of this disk. */
export class Results {
  readonly #options: ResultsOptions;

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  /**
   * Resolves when nothing of the result is left in its session's folder, which can then go on or go away. Throws what the
   * disk says.
   */
  async take(work: Work, done: Done): Promise<Taken> {
    if (done.kind !== 'rendered') return done;
    const taken = await this.#options.frames.take(done.frame, identify(work));
    return { ...done, taken };
  }

  /** Resolves when the result is on disk. Throws what the disk says. */
  async keep(work: Work, done: Taken): Promise<void> {
    const { updates } = this.#options;
    const { lease } = work.held;
    switch (done.kind) {
      case 'ended':
        return;
      case 'probed':
        return updates.add({ kind: 'probed', lease: lease.id, report: done.report });
      case 'failed':
        if (work.frame === null)
          return updates.add({ kind: 'probe-failed', lease: lease.id, problem: done.problem });
        return updates.add(failure(identify(work), done));
      case 'rendered':
        return this.#pack(work, done);
    }
  }

  async #pack(work: Work, { frame, taken }: Extract<Taken, { kind: 'rendered' }>): Promise<void> {
    const { frames, courier, slowMotionSeconds } = this.#options;
    const { lease } = work.held;
    const { seconds, memory, log } = frame;
    const linger = lease.slowMotion ? slowMotionSeconds : 0;
    const facts = { ...identify(work), ...expected(lease), linger, seconds, memory, log };
    courier.send(await frames.pack(taken, facts));
  }

  /** The frame server threw the picture away: the frame must be rendered again. */
  refused(parcel: Parcel, problem: Problem): void {
    this.#tell(failure(parcel, { problem, seconds: null, memory: parcel.memory, log: parcel.log }));
  }

  failed(work: Work, problem: Problem): void {
    this.#tell(failure(identify(work), { problem, seconds: null, memory: null, log: '' }));
  }

  /** Frames no slot has begun go back to the queue; null stands for the whole lease. */
  giveBack(given: { readonly lease: string; readonly frames: string | null }): void {
    this.#tell({ kind: 'lease-returned', ...given });
  }

  /** Which frames of a job whose frame server is gone are still here. */
  tellKept(job: string, frames: readonly number[]): void {
    this.#tell({ kind: 'kept-frames', job, frames: frames.length === 0 ? null : formatFrames(frames) });
  }

  #tell(update: NewUpdate): void {
    const { updates, log } = this.#options;
    updates
      .add(update)
      .catch((error: unknown) => log.error({ error, kind: update.kind }, 'the manager could not be told'));
  }
}

interface FrameOfLease {
  readonly job: string;
  readonly lease: string;
  readonly frame: number;
}

interface FailedFrame {
  readonly problem: Problem;
  readonly seconds: number | null;
  readonly memory: number | null;
  readonly log: string;
}

function failure({ job, lease, frame }: FrameOfLease, failed: FailedFrame): NewUpdate {
  const { problem, seconds, memory, log } = failed;
  return { kind: 'frame-failed', job, lease, frame, problem, seconds, memory, log: log.slice(-LOG_TAIL) };
}

function identify(work: Work): FrameOfLease {
  const { lease } = work.held;
  return { job: lease.job, lease: lease.id, frame: work.frame ?? 0 };
}

function expected(lease: Lease) {
  return {
    width: lease.expect?.width ?? 0,
    height: lease.expect?.height ?? 0,
    frameServer: lease.frameServer ?? '',
    replace: lease.replace,
    pass: lease.pass,
  };
}

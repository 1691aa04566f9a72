import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FarmClient } from '@akashganga/client';
import {
  type FollowedFrame,
  frameName,
  type Lease,
  LIVE_CHARACTERS,
  LIVE_LINES,
  type LogPart,
  type ProbeReport,
  type Problem,
  type SlotReport,
  toProblem,
} from '@akashganga/protocol';
import type { Logger } from 'pino';
import { sceneKey, type Work } from '../leases/held-leases.ts';
import { compareMissing } from '../scenes/compare-missing.ts';
import { type RenderedFrame, requireFiles } from '../session/index.ts';
import { mixSound } from './mix-sound.ts';
import { SceneSession, type SceneSessionOptions, sceneSettings } from './scene-session.ts';
import { verifyFrame } from './verify-frame.ts';

export interface SlotOptions extends SceneSessionOptions {
  /** Seconds between states when a job asks to be watched. */
  readonly slowMotionSeconds: number;
  readonly log: Logger;
  readonly onChange: () => void;
  /** The manager, to which a scene's sound is sent. */
  readonly client: FarmClient;
}

/** How one unit of work ended. `ended`: the lease was ended meanwhile, and nobody waits for the result. */
export type Done =
  | { readonly kind: 'probed'; readonly report: ProbeReport }
  | { readonly kind: 'rendered'; readonly frame: RenderedFrame }
  | {
      readonly kind: 'failed';
      readonly problem: Problem;
      readonly log: string;
      readonly seconds: number;
      /** Bytes Blender and what it started held at most; null where the system does not tell. */
      readonly memory: number | null;
    }
  | { readonly kind: 'ended' };

/** What is known of work that failed. */
interface Attempt {
  readonly log: string;
  /** Bytes, as in `Done`. */
  readonly memory: number | null;
  /** When it began, as `Date.now()` says it. */
  readonly started: number;
}

/** The end of a log that travels with a failure, in characters. */
const LOG_TAIL = 60_000;
/** The farm hears this much later what a slot does: a frame that begins comes first. */
const TELL_MS = 25;

/** Keeps a session open for as long as work for its scene comes. */
export class Slot {
  readonly #options: SlotOptions;
  readonly #scenes: SceneSession;
  #key: string | null = null;
  #telling: NodeJS.Timeout | null = null;
  report: SlotReport;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#scenes = new SceneSession(options);
    this.report = idleReport(options.number);
  }

  /** The scene that is open, as `sceneKey` says it; null when none is. */
  get sceneKey(): string | null {
    return this.#scenes.current?.isOpen ? this.#key : null;
  }

  /**
   * Does one unit of work, but for a look at the files: that is what it resolves to, and the slot can do the next work
   * before. Nothing rejects: whatever went wrong is in the result.
   */
  async work(work: Work): Promise<() => Promise<Done>> {
    const { lease, ended } = work.held;
    const { signal } = ended;
    const started = Date.now();
    this.#key = sceneKey(lease);
    try {
      this.#show({ state: 'preparing', job: lease.job, lease: lease.id, frame: work.frame });
      await this.#linger(lease);
      const look =
        work.frame === null ? await this.#probe(lease, signal) : await this.#render(work, work.frame);
      if (!work.verify) return look;
      const done = await look();
      return async () => done;
    } catch (error) {
      const session = this.#scenes.current;
      const log = session?.frameLog ?? causeText(error);
      const done = this.#failed(work, error, { log, started, memory: session?.peakMemory ?? null });
      return async () => done;
    }
  }

  async #probe(lease: Lease, signal: AbortSignal): Promise<() => Promise<Done>> {
    const { session, frames } = await this.#scenes.for(lease, null, signal);
    const report = await session.describe(sceneSettings(lease, this.#options.gpu));
    const { folder, client } = this.#options;
    const mix = await mixSound(lease, report, { session, frames, folder, client }, signal);
    const whole = { ...compareMissing(report, lease.scene.missing ?? []), mix };
    return async () => ({ kind: 'probed', report: whole });
  }

  async #render(work: Work, frame: number): Promise<() => Promise<Done>> {
    const { lease, ended } = work.held;
    const { signal } = ended;
    const { session, frames, held } = await this.#scenes.for(lease, frame, signal);
    const started = Date.now();
    this.#show({ ...this.report, state: 'rendering', fraction: 0 });
    await this.#linger(lease);
    const output = join(frames, frameName(frame));
    const rendered = await session.answer({
      ...{ frame, output, signal, order: lease.order, usualSeconds: lease.frameSeconds },
      onProgress: ({ fraction, memory }) => this.#show({ ...this.report, fraction, memory }),
    });
    if (rendered.held !== null) held.push(rendered.held);
    return async () => {
      try {
        await requireFiles(rendered, { output, frame, expect: lease.expect });
        if (work.verify) await verifyFrame(this.#scenes, { lease, frame, rendered }, signal);
        return { kind: 'rendered', frame: rendered };
      } catch (error) {
        // The session's own log may be that of its next frame by now.
        return this.#failed(work, error, { ...rendered, started });
      }
    };
  }

  #failed(work: Work, error: unknown, { log, memory, started }: Attempt): Done {
    const { lease, ended } = work.held;
    if (ended.signal.aborted) return { kind: 'ended' };
    this.#options.log.warn({ job: lease.job, frame: work.frame, error }, 'work failed');
    const problem = toProblem(error, 'machine.blender-failed');
    const seconds = (Date.now() - started) / 1000;
    return { kind: 'failed', problem, log: log.slice(-LOG_TAIL), seconds, memory };
  }

  /** What is new of the log of a frame that is rendered here now; null when it is not. */
  tailOf({ lease, frame, after }: FollowedFrame): LogPart | null {
    const session = this.#scenes.current;
    const { report } = this;
    if (report.state !== 'rendering' || report.lease !== lease || report.frame !== frame) return null;
    if (session?.lastFrame !== frame) return null;
    return { lease, frame, ...session.frameTail(after, { lines: LIVE_LINES, characters: LIVE_CHARACTERS }) };
  }

  // So that people can watch the states go by, as the original's test mode did.
  async #linger(lease: Lease): Promise<void> {
    if (lease.slowMotion) await sleep(this.#options.slowMotionSeconds * 1000);
  }

  #show(report: Partial<SlotReport>): void {
    this.report = { ...idleReport(this.#options.number), ...report };
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      this.#options.onChange();
    }, TELL_MS);
  }

  rest(): void {
    this.#show({});
  }

  /** Nothing is to be done, but soon frames of this lease's job may be. */
  openAhead(lease: Lease): void {
    this.#scenes.openAhead(lease);
  }

  /** Nothing is to be done, and nobody knows what will be. */
  standBy(): void {
    this.#scenes.standBy();
  }

  /** What the last work left in the session's folder is still being taken out of it. */
  holdUntil(taken: Promise<unknown>): void {
    this.#scenes.holdUntil(taken);
  }

  get hasSession(): boolean {
    return this.#scenes.current?.isOpen ?? false;
  }

  closeSession(): Promise<void> {
    return this.#scenes.closeOpen();
  }

  /** After the last work. */
  close(): Promise<void> {
    return this.#scenes.close();
  }
}

function idleReport(slot: number): SlotReport {
  return { slot, state: 'idle', job: null, lease: null, frame: null, fraction: null, memory: null };
}

function causeText(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : '';
}

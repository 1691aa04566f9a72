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
import type { RenderedFrame } from '../session/index.ts';
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

/** One lane of the worker: keeps a session open for as long as work for its scene comes. */
export class Slot {
  readonly #options: SlotOptions;
  readonly #scenes: SceneSession;
  #key: string | null = null;
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

  /** Does one unit of work. Never throws: whatever went wrong is in the result. */
  async work(work: Work): Promise<Done> {
    const { lease, ended } = work.held;
    const signal = ended.signal;
    const started = Date.now();
    this.#key = sceneKey(lease);
    try {
      this.#show({ state: 'preparing', job: lease.job, lease: lease.id, frame: work.frame });
      await this.#linger(lease);
      if (work.frame !== null)
        return { kind: 'rendered', frame: await this.#render(work, work.frame, signal) };
      const { session, frames } = await this.#scenes.for(lease, null, signal);
      const report = await session.describe(sceneSettings(lease, this.#options.gpu));
      const { folder, client } = this.#options;
      const mix = await mixSound(lease, report, { session, frames, folder, client }, signal);
      return { kind: 'probed', report: { ...compareMissing(report, lease.scene.missing ?? []), mix } };
    } catch (error) {
      if (signal.aborted) return { kind: 'ended' };
      return this.#failed(error, work, started);
    }
  }

  #failed(error: unknown, work: Work, started: number): Done {
    const log = this.#scenes.current?.frameLog ?? causeText(error);
    this.#options.log.warn({ job: work.held.lease.job, frame: work.frame, error }, 'work failed');
    const problem = toProblem(error, 'machine.blender-failed');
    const seconds = (Date.now() - started) / 1000;
    const memory = this.#scenes.current?.peakMemory ?? null;
    return { kind: 'failed', problem, log: log.slice(-60_000), seconds, memory };
  }

  async #render(work: Work, frame: number, signal: AbortSignal): Promise<RenderedFrame> {
    const { lease } = work.held;
    const open = await this.#scenes.for(lease, frame, signal);
    this.#show({ ...this.report, state: 'rendering', fraction: 0 });
    await this.#linger(lease);
    const rendered = await open.session.render({
      frame,
      output: join(open.frames, frameName(frame)),
      order: lease.order,
      signal,
      expect: lease.expect,
      usualSeconds: lease.frameSeconds,
      onProgress: ({ fraction, memory }) => this.#show({ ...this.report, fraction, memory }),
    });
    if (rendered.held !== null) open.held.push(rendered.held);
    if (work.verify) await verifyFrame(this.#scenes, { lease, frame, rendered }, signal);
    return rendered;
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
    this.#options.onChange();
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

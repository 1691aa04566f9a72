import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  frameName,
  type Lease,
  type ProbeReport,
  type Problem,
  type SlotReport,
  toProblem,
} from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { Blenders } from '../builds/blenders.ts';
import { sceneKey, type Work } from '../leases/held-leases.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { compareMissing } from '../scenes/compare-missing.ts';
import type { SceneCache } from '../scenes/scene-cache.ts';
import type { MemoryGuard, Recogniser, RenderedFrame, Session } from '../session/index.ts';
import { type EnclosedSession, openEnclosed } from './enclosed-session.ts';

export interface SlotOptions {
  readonly number: number;
  readonly threads: number;
  readonly folder: string;
  readonly blenders: Blenders;
  readonly scenes: SceneCache;
  readonly sandbox: Sandbox;
  /** Seconds between states when a job asks to be watched. */
  readonly slowMotionSeconds: number;
  readonly silenceLimitSeconds: number | null;
  /** Tells failures from Blender's words. */
  readonly recogniser: Recogniser;
  /** Sees memory run out; shared by all slots of the worker. */
  readonly guard: MemoryGuard;
  /** The computer's environment; Blender sees a short list of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly onChange: () => void;
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
  #session: (EnclosedSession & { key: string }) | null = null;
  #opened = 0;
  report: SlotReport;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.report = idleReport(options.number);
  }

  /** The scene that is open, as `sceneKey` says it; null when none is. */
  get sceneKey(): string | null {
    return this.#session?.session.isOpen ? this.#session.key : null;
  }

  /** Does one unit of work. Never throws: whatever went wrong is in the result. */
  async work(work: Work): Promise<Done> {
    const { lease, ended } = work.held;
    const signal = ended.signal;
    const started = Date.now();
    try {
      this.#show({ state: 'preparing', job: lease.job, lease: lease.id, frame: work.frame });
      await this.#linger(lease);
      const session = await this.#open(lease, signal);
      if (work.frame === null)
        return {
          kind: 'probed',
          report: compareMissing(await session.describe(sceneSettings(lease)), lease.scene.missing ?? []),
        };
      return { kind: 'rendered', frame: await this.#render(session, lease, work.frame, signal) };
    } catch (error) {
      if (signal.aborted) return { kind: 'ended' };
      return this.#failed(error, work, started);
    }
  }

  #failed(error: unknown, work: Work, started: number): Done {
    const log = this.#session?.session.frameLog ?? causeText(error);
    this.#options.log.warn({ job: work.held.lease.job, frame: work.frame, error }, 'work failed');
    const problem = toProblem(error, 'machine.blender-failed');
    const seconds = (Date.now() - started) / 1000;
    const memory = this.#session?.session.peakMemory ?? null;
    return { kind: 'failed', problem, log: log.slice(-60_000), seconds, memory };
  }

  async #open(lease: Lease, signal: AbortSignal): Promise<Session> {
    const key = sceneKey(lease);
    if (this.#session?.key === key && this.#session.session.isOpen) return this.#session.session;
    await this.closeSession();
    const scene = await this.#options.scenes.open(lease.scene, signal);
    const blender = await this.#options.blenders.forLease(lease, signal).catch((error: unknown) => {
      scene.release();
      throw error;
    });
    // Both stay in the cache for as long as the session is open.
    const release = () => {
      scene.release();
      blender.release();
    };
    this.#opened += 1;
    this.#session = { ...(await this.#start(lease, blender.path, scene.path, release, signal)), key };
    const { session } = this.#session;
    if (lease.kind === 'render')
      await session.apply({ ...sceneSettings(lease), threads: this.#options.threads });
    return session;
  }

  // The lease's end stops the opening, but not a session that later leases use.
  async #start(
    lease: Lease,
    blender: string,
    scene: string,
    release: () => void,
    signal: AbortSignal,
  ): Promise<EnclosedSession> {
    const opening = new AbortController();
    const abort = () => opening.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      if (signal.aborted) abort();
      return await openEnclosed({
        sandbox: this.#options.sandbox,
        slot: this.#options.number,
        number: this.#opened,
        slotFolder: this.#options.folder,
        blender,
        scene,
        release,
        entry: lease.scene.entry,
        buildEntry: lease.build?.entry ?? null,
        threads: this.#options.threads,
        trustScripts: lease.settings.trustScripts ?? false,
        allowMissing: lease.settings.allowMissing,
        silenceLimitSeconds: this.#options.silenceLimitSeconds ?? undefined,
        recogniser: this.#options.recogniser,
        guard: this.#options.guard,
        environment: this.#options.environment,
        signal: opening.signal,
      });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #render(session: Session, lease: Lease, frame: number, signal: AbortSignal): Promise<RenderedFrame> {
    const folder = this.#session?.frames ?? this.#options.folder;
    this.#show({ ...this.report, state: 'rendering', fraction: 0 });
    await this.#linger(lease);
    return session.render({
      frame,
      output: join(folder, frameName(frame)),
      signal,
      expect: lease.expect,
      usualSeconds: lease.frameSeconds,
      onProgress: ({ fraction, memory }) => this.#show({ ...this.report, fraction, memory }),
    });
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

  async closeSession(): Promise<void> {
    const open = this.#session;
    this.#session = null;
    if (!open) return;
    await open.close();
  }
}

function idleReport(slot: number): SlotReport {
  return { slot, state: 'idle', job: null, lease: null, frame: null, fraction: null, memory: null };
}

function sceneSettings(lease: Lease) {
  const { allowMissing: _missing, trustScripts: _scripts, ...settings } = lease.settings;
  return settings;
}

function causeText(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : '';
}

import type { GpuDevice } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { KeptBytes } from './cache/kept-bytes.ts';
import type { FarmLink } from './peers/known-peers.ts';
import type { Sandbox } from './sandbox/index.ts';
import type { FailureRule, FoundBlender } from './session/index.ts';

export interface WorkerOptions {
  /** The worker's data folder; it must be this process's alone. */
  readonly folder: string;
  /** The manager, and how this worker shows who it is. `id` is what its certificate calls it. */
  readonly farm: FarmLink & { readonly url: string; readonly id?: string | null };
  readonly name: string;
  /** Drawn by the caller at each start. */
  readonly boot: string;
  readonly computer: { readonly platform: string; readonly cores: number; readonly memory: number };
  readonly slots: number;
  readonly threads: number;
  readonly tags: readonly string[];
  /** Graphics cards that are its slots, one each; without any the slots are shares of the processors. */
  readonly cards?: readonly GpuDevice[];
  /** Those of another worker in this process: what one fetched the other has, and the first closes it. */
  readonly bytes?: KeptBytes;
  /** Bytes of scenes and builds to keep at most; what is being rendered may be more. */
  readonly cacheBytes: number;
  /** Bytes of delivered frames to keep at most, in case their frame server is lost. */
  readonly keptBytes: number;
  /** Where other workers may fetch scenes and builds from this one; null: nowhere. */
  readonly give: { readonly host: string; readonly port: number } | null;
  /** Those installed on this computer; there may be none. */
  readonly blenders: readonly FoundBlender[];
  /** How Blender is kept from everything that is not its scene's. */
  readonly sandbox: Sandbox;
  readonly log: Logger;
  /** Told when it was asked to stop and frames could not be delivered: they are, after the next start. */
  readonly onHeld?: (frames: readonly { readonly job: string; readonly frame: number }[]) => void;
  readonly slowMotionSeconds?: number;
  /** A person's own bound for a frame without progress. */
  readonly silenceLimitSeconds?: number;
  /** The owner's rules for telling failures, asked before the known ones (`readOwnRules`). */
  readonly failureRules?: readonly FailureRule[];
  /** The computer's environment; Blender sees a short list of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FarmError, ProblemCode } from '@akashganga/protocol';
import { Recogniser } from './failures/recognise.ts';
import {
  type BlenderCommand,
  type BlenderCommandOptions,
  blenderCommand,
  privateFolders,
} from './process/blender-command.ts';
import type { Ending } from './process/blender-process.ts';
import { Session } from './session.ts';
import { MemoryGuard } from './watch/memory-guard.ts';

export interface SessionOptions extends Omit<BlenderCommandOptions, 'driver'> {
  /** Path of driver/main.py; the one of this package unless a sandbox shows it elsewhere. */
  driver?: string | undefined;
  /** Seconds without progress after which Blender is killed in any case; unless given, what a frame usually takes decides. */
  silenceLimitSeconds?: number | undefined;
  /** Tells failures from Blender's words; the known ones unless given. */
  recogniser?: Recogniser | undefined;
  /** Shared by all sessions of a worker; one of its own unless given. */
  guard?: MemoryGuard | undefined;
  /** The job goes on without files it could not read and drivers that fail. */
  allowMissing?: boolean | undefined;
  /** Keeps Blender in a sandbox. Without it Blender runs as any other program. */
  enclosure?: SessionEnclosure | undefined;
  /** Kills the process at once, now or at any later time. */
  signal?: AbortSignal | undefined;
}

/** What a session needs to know of its sandbox. */
export interface SessionEnclosure {
  /** Aborts, with the reason, when the session takes more than it may. */
  readonly signal: AbortSignal;
  /** Turns the command into one that does the same inside. Descriptors 3 and 4 reach Blender. */
  wrap(command: BlenderCommand): BlenderCommand;
  started(pid: number | undefined): void;
  /** Asked when the process has ended by itself: why, if the sandbox knows. */
  failureOf(ending: Ending): FarmError | null;
}

/** The folder of our Python inside Blender: a sandbox has to show it. */
export const driverFolder = fileURLToPath(new URL('../../driver', import.meta.url));

/** What a job can be told to go on without. */
const CAN_DO_WITHOUT: ReadonlySet<ProblemCode> = new Set(['scene.unreadable-image', 'scene.driver-failed']);

const ownDriver = join(driverFolder, 'main.py');

/**
 * Starts Blender and resolves once the scene is loaded; one to two seconds for a small one. `blender`, `scene` and
 * `folder` are absolute paths; `folder` is the caller's to make and to remove. Throws a FarmError when the scene or
 * Blender is at fault and `signal.reason` when aborted; no process is left in either case.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  return begin(options, (session) => session.ready());
}

/**
 * Starts a Blender that waits for `Session.open` to tell it its scene; half a second or more. Everything else as with
 * `openSession`.
 */
export async function openWaiting(
  options: Omit<SessionOptions, 'scene' | 'waits' | 'trustScripts' | 'allowMissing'>,
): Promise<Session> {
  const waits = { scene: null, waits: true, trustScripts: false };
  return begin({ ...options, ...waits }, (session) => session.waiting());
}

/** Which problems of a finished frame a job accepts. */
export function isAllowedBy(allowMissing: boolean): (code: ProblemCode) => boolean {
  return (code) => allowMissing && CAN_DO_WITHOUT.has(code);
}

async function begin(options: SessionOptions, until: (session: Session) => Promise<void>): Promise<Session> {
  options.signal?.throwIfAborted();
  const command = blenderCommand({ ...options, driver: options.driver ?? ownDriver });
  const folders = Object.entries(privateFolders(options.folder));
  await Promise.all(folders.map(([, folder]) => mkdir(folder, { recursive: true })));
  const { enclosure } = options;
  const wrapped = enclosure?.wrap(command) ?? command;
  const session = new Session(wrapped, {
    hangSeconds: options.silenceLimitSeconds ?? null,
    recogniser: options.recogniser ?? new Recogniser(),
    guard: options.guard ?? new MemoryGuard(),
    isAllowed: isAllowedBy(options.allowMissing ?? false),
    signal: anyOf(options.signal, enclosure?.signal),
    failureOf: (ending) => enclosure?.failureOf(ending) ?? null,
  });
  enclosure?.started(session.pid);
  try {
    await until(session);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

function anyOf(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}

import { FarmError, isProblemCode } from '@akashganga/protocol';
import type { FolderLock } from '@akashganga/storage';
import { z } from 'zod';

/** What a role tells the process that started it. */
export const RoleMessage = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), url: z.string().nullable() }),
  z.object({ event: z.literal('failed'), code: z.string(), says: z.string() }),
]);
export type RoleMessage = z.infer<typeof RoleMessage>;

export interface RunningRole {
  readonly url: string | null;
  /** Settles when the role ends by itself. */
  readonly ended?: Promise<void>;
  /** What to do first when asked to stop kindly. */
  readonly drain?: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly lock: FolderLock;
}

/**
 * Runs a role until it is told to stop: by a signal (the second one does not wait), by the end of the
 * process that started it, or by its own end. Resolves to the exit code.
 */
export async function runRole(
  start: () => Promise<RunningRole>,
  onReady: (role: RunningRole) => void,
): Promise<number> {
  const stop = stopSignals();
  let role: RunningRole;
  try {
    role = await start();
  } catch (error) {
    tellParent(failure(error));
    throw error;
  }
  tellParent({ event: 'ready', url: role.url });
  onReady(role);
  try {
    const why = await Promise.race([
      stop.first,
      (role.ended ?? new Promise<never>(() => undefined)).then(() => 'ended' as const),
    ]);
    if (why === 'kindly' && role.drain) await Promise.race([role.drain(), stop.second]);
    return why === 'ended' ? 1 : 0;
  } finally {
    await role.close();
    await role.lock.release();
  }
}

function failure(error: unknown): RoleMessage {
  const code = error instanceof FarmError ? error.code : 'farm.internal';
  return { event: 'failed', code, says: error instanceof Error ? error.message : String(error) };
}

export function errorFromMessage(message: Extract<RoleMessage, { event: 'failed' }>): FarmError {
  return new FarmError(
    isProblemCode(message.code) ? message.code : 'farm.internal',
    {},
    { says: message.says },
  );
}

function tellParent(message: RoleMessage): void {
  if (process.connected) process.send?.(message);
}

type Stop = 'kindly' | 'now';

// TERM and INT ask kindly; a second one, or the loss of the parent, means now.
function stopSignals(): { first: Promise<Stop>; second: Promise<void> } {
  let count = 0;
  let stopFirst: (how: Stop) => void = () => undefined;
  let stopSecond: () => void = () => undefined;
  const first = new Promise<Stop>((resolve) => {
    stopFirst = resolve;
  });
  const second = new Promise<void>((resolve) => {
    stopSecond = resolve;
  });
  const onSignal = () => {
    count += 1;
    if (count === 1) stopFirst('kindly');
    else stopSecond();
  };
  const now = () => {
    stopFirst('now');
    stopSecond();
  };
  process.on('SIGTERM', onSignal);
  // In a process that another one started, the terminal's Ctrl-C is the other one's to handle.
  process.on('SIGINT', process.connected ? () => undefined : onSignal);
  process.on('disconnect', now);
  process.on('message', (message) => {
    if (message === 'stop-now') now();
  });
  return { first, second };
}

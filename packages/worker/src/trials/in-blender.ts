import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../sandbox/index.ts';
import { driverFolder, openSession, type Session } from '../session/index.ts';

export interface TrialOptions {
  /** Path of the Blender. */
  readonly blender: string;
  readonly sandbox: Sandbox;
  /** Of the trial alone: made here, and removed by whoever named it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Works with a Blender in the sandbox that has the scene open with which it starts: a cube, a lamp and a camera. `frames` is
 * a folder it may write to. `name` tells trials at the same time apart, `slot` makes them different users.
 */
export async function inBlender<T>(
  { blender, sandbox, folder, environment, signal }: TrialOptions,
  { name, slot = 0 }: { readonly name: string; readonly slot?: number },
  work: (session: Session, frames: string) => Promise<T>,
): Promise<T> {
  const own = join(folder, name);
  const frames = join(folder, `${name}-frames`);
  await mkdir(folder, { recursive: true });
  const enclosing = { slot, name: `trial-${name}`, folders: [own, frames], blender };
  const enclosure = await sandbox.enclose({ ...enclosing, read: [driverFolder] });
  try {
    await using session = await openSession({
      ...{ blender, scene: null, folder: own, trustScripts: false, environment, enclosure, signal },
    });
    return await work(session, frames);
  } finally {
    await enclosure.close();
  }
}

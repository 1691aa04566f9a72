import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsIn, type FarmClient, sendBlobs } from '@akashganga/client';
import {
  FarmError,
  type Lease,
  manifestBytes,
  type ProbeReport,
  parseFrames,
  SOUND_FILE,
  type SoundMix,
} from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';
import { takeFile } from '../sandbox/take-file.ts';
import type { Session } from '../session/index.ts';

export interface Mixing {
  readonly session: Session;
  /** The folder that Blender writes to, and one that it does not see. */
  readonly frames: string;
  readonly folder: string;
  readonly client: FarmClient;
}

/**
 * Mixes the sound of a scene that has one, for the frames a lease says, and sends it to the manager. What goes wrong spoils
 * no probe: it is in the result. Throws only when `signal` aborts.
 */
export async function mixSound(
  { mix }: Pick<Lease, 'mix'>,
  report: ProbeReport,
  mixing: Mixing,
  signal: AbortSignal,
): Promise<SoundMix | null> {
  if (!mix || !report.sound) return null;
  const taken = join(mixing.folder, 'sound.flac');
  try {
    const frames = mix.frames === null ? null : parseFrames(mix.frames);
    const first = frames?.[0] ?? report.frameStart;
    const last = frames?.at(-1) ?? report.frameEnd;
    const output = join(mixing.frames, 'sound.flac');
    const why = await mixing.session.mix({ first, last, output });
    if (why !== null) return { failed: why };
    await takeFile(output, taken, first);
    const file = { path: SOUND_FILE, ...(await describeFile(taken, signal)) };
    const bytes = manifestBytes([file]);
    const manifest = hashBytes(bytes);
    const blobs = [...blobsIn(taken, file), { digest: manifest, bytes, size: bytes.length }];
    await sendBlobs(mixing.client, blobs, { signal });
    return { manifest, first };
  } catch (error) {
    if (signal.aborted) throw error;
    const says = error instanceof FarmError ? error.says : String(error);
    return { failed: says.slice(0, 1000) };
  } finally {
    await rm(taken, { force: true });
  }
}

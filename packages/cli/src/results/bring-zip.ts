import type { FarmClient } from '@akashganga/client';
import { fillPath, type Job, jobRoutes, zipHeaders } from '@akashganga/protocol';
import { bringWhole } from './bring-whole.ts';

export interface ZipWish {
  /** `frames`, `outputs`, `film`, with commas. */
  readonly what: string;
  readonly name?: string | undefined;
  readonly frames?: string | undefined;
}

/** What the farm said was in the zip. */
export interface BroughtZip {
  readonly files: number;
  /** Frames that were not there; MISSING.txt names them. */
  readonly missing: number;
}

/**
 * Writes a selection of a job as a zip to `target`, which appears when it is whole. After a cut it goes on; one that is cut for
 * good is gone: `farm.unreachable` says so.
 */
export async function bringZip(
  client: FarmClient,
  job: Job,
  wish: ZipWish,
  target: string,
  signal?: AbortSignal,
): Promise<BroughtZip> {
  const query = new URLSearchParams({ what: wish.what });
  if (wish.name !== undefined) query.set('name', wish.name);
  if (wish.frames !== undefined) query.set('frames', wish.frames);
  const path = `${fillPath(jobRoutes.zip.route.path, { job: job.id })}?${query}`.replaceAll('%2C', ',');
  const headers = await bringWhole(client, { path, what: 'the zip' }, target, signal);
  const number = (name: string) => Number(headers[name] ?? 0);
  return { files: number(zipHeaders.files), missing: number(zipHeaders.missing) };
}

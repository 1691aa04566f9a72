import type { FarmClient } from '@akashganga/client';
import { FarmError, fillPath, type Job, jobRoutes } from '@akashganga/protocol';
import { bringFile } from './bring-file.ts';

/** Writes the job's film to `path`, checked against its digest. */
export async function bringFilm(
  client: FarmClient,
  job: Job,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const { digest, size } = job.film;
  if (digest === null) throw new FarmError('film.not-done', { job: job.id });
  const from = fillPath(jobRoutes.film.route.path, { job: job.id });
  await bringFile(client, { path: from, target: path, digest, size }, signal);
}

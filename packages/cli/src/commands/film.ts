import type { FarmClient } from '@akashganga/client';
import { FarmError, jobRoutes } from '@akashganga/protocol';
import { bringFilm } from '../results/bring-film.ts';
import { checkOutput } from './check-output.ts';
import type { CommandContext } from './common-flags.ts';
import { type FilmFlags, filmFrom } from './film-flags.ts';
import { followJob } from './follow-job.ts';

/** `film ID`: makes the film of a finished job again, with other wishes, and brings it here. Renders nothing. */
export async function remakeFilm(
  client: FarmClient,
  id: string,
  flags: FilmFlags & { fps?: number },
  { talk }: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { container, film } = filmFrom(flags);
  const { name } = await client.call(jobRoutes.get, { params: { job: id } });
  const output = await checkOutput(flags.output ?? `${name}.${container}`);
  const wish = { container, film, fps: flags.fps ?? null };
  await client.call(jobRoutes.remakeFilm, { params: { job: id }, body: wish });
  const job = await followJob(client, id, talk, signal);
  if (job.film.state !== 'done')
    throw new FarmError('film.failed', { why: job.problem?.says ?? 'the job was canceled' });
  await bringFilm(client, job, output, signal);
  for (const note of job.film.notes) talk.say(note);
  if (job.film.marked !== null) talk.say(`Frames that failed are marked in it: ${job.film.marked}.`);
  talk.answer(`Film: ${output}`);
  const { frames, marked, psnr } = job.film;
  talk.fact({ event: 'film', job: id, film: output, frames, marked, psnr });
}

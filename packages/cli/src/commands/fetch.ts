import type { FarmClient } from '@akashganga/client';
import { FarmError, jobRoutes } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { countWords } from '../output/words.ts';
import { bringFilm, bringFrames } from './bring-results.ts';
import { checkFolder, checkOutput } from './check-output.ts';

/** `fetch ID`: brings the film, the frames, or both here. */
export async function fetchResults(
  client: FarmClient,
  id: string,
  flags: { frames?: string; film?: string },
  talk: Talk,
): Promise<void> {
  const job = await client.call(jobRoutes.get, { params: { job: id } });
  const wantsFilm = flags.film !== undefined || flags.frames === undefined;
  if (wantsFilm && job.film.state !== 'done') throw new FarmError('film.not-done', { job: id });
  const film = wantsFilm ? await checkOutput(flags.film ?? `${job.name}.${job.film.container}`) : null;
  const framesDir = flags.frames === undefined ? null : await checkFolder(flags.frames);
  if (film) await bringFilm(client, job, film);
  const frames = framesDir === null ? 0 : await bringFrames(client, job, framesDir);
  if (film) talk.answer(`Film: ${film}`);
  if (framesDir) talk.answer(`${countWords(frames, 'frame')}: ${framesDir}`);
  talk.fact({ event: 'fetched', job: id, film, framesDir, frames });
}

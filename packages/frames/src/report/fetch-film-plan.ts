import type { FarmClient } from '@akashganga/client';
import { fillPath, Job, jobRoutes, parseFrames } from '@akashganga/protocol';
import type { FilmPlan } from '../film/segments/segment-maker.ts';

/** All that is read of the job, so that nothing else of it can be in the way. */
const FilmOfJob = Job.pick({ film: true, frameSpec: true });

/** What the job's film will be, or null when the manager does not know yet or there will be none. */
export async function fetchFilmPlan(
  client: FarmClient,
  job: string,
  signal: AbortSignal,
): Promise<FilmPlan | null> {
  const { method, path } = jobRoutes.get.route;
  const reply = await client.send({ method, path: fillPath(path, { job }), signal });
  const { film, frameSpec } = FilmOfJob.parse(await reply.body.json());
  if (frameSpec === null || film.rate === null || film.state === 'none') return null;
  return { job, container: film.container, rate: film.rate, frames: [...parseFrames(frameSpec)] };
}

import type { FarmClient } from '@akashganga/client';
import { fillPath, filmKind, finishedJobStates, Job, jobRoutes, parseFrames } from '@akashganga/protocol';
import type { FilmPlan } from '../film/segments/segment-maker.ts';

/** All that is read of the job, so that nothing else of it can be in the way. */
const FilmOfJob = Job.pick({ state: true, film: true, frameSpec: true, probe: true });

/** What the job's film will be, or null when the manager does not know yet, when there will be none, and when no frame comes any more. */
export async function fetchFilmPlan(
  client: FarmClient,
  job: string,
  signal: AbortSignal,
): Promise<FilmPlan | null> {
  const { method, path } = jobRoutes.get.route;
  const reply = await client.send({ method, path: fillPath(path, { job }), signal });
  const { state, film, frameSpec, probe } = FilmOfJob.parse(await reply.body.json());
  if (finishedJobStates.includes(state)) return null;
  if (frameSpec === null || film.rate === null || film.settings.none === true) return null;
  const { container, rate, settings } = film;
  return { job, container, rate, settings, kind: filmKind(probe), frames: [...parseFrames(frameSpec)] };
}

import type { FarmClient } from '@akashganga/client';
import { fillPath, Job, jobRoutes, parseFrames } from '@akashganga/protocol';
import type { PreviewPlan } from '../preview/watched-film.ts';

/** All that is read of the job, so that nothing else of it can be in the way. */
const Watchable = Job.pick({ film: true, frameSpec: true, probe: true });

/** What a preview of the job shows, or null while the scene was not looked at yet. A job without a film has one, too. */
export async function fetchPreviewPlan(
  client: FarmClient,
  job: string,
  signal: AbortSignal,
): Promise<PreviewPlan | null> {
  const { method, path } = jobRoutes.get.route;
  const reply = await client.send({ method, path: fillPath(path, { job }), signal });
  const { film, frameSpec, probe } = Watchable.parse(await reply.body.json());
  const rate = film.rate ?? (probe && { fps: probe.fps, base: probe.fpsBase });
  if (frameSpec === null || rate === null) return null;
  return { job, rate, frames: [...parseFrames(frameSpec)] };
}

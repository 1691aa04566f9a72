import type { FarmClient } from '@akashganga/client';
import { jobRoutes, parseFrames } from '@akashganga/protocol';
import { phase } from '../output/progress.ts';
import type { Talk } from '../output/talk.ts';

export type Action = 'pause' | 'resume' | 'cancel';

export async function act(
  client: FarmClient,
  action: Action,
  job: string,
  isAtOnce: boolean,
  talk: Talk,
): Promise<void> {
  const params = { job };
  const after =
    action === 'pause'
      ? await client.call(jobRoutes.pause, { params, query: { now: isAtOnce ? 'true' : 'false' } })
      : await client.call(jobRoutes[action], { params });
  talk.fact(after);
  talk.answer(`Job ${job} is ${after.state}.`);
}

export async function retry(
  client: FarmClient,
  job: string,
  frames: string | undefined,
  talk: Talk,
): Promise<void> {
  if (frames !== undefined) parseFrames(frames);
  const after = await client.call(jobRoutes.retry, { params: { job }, body: { frames: frames ?? null } });
  talk.fact(after);
  talk.answer(
    `Job ${job} goes on: ${phase(after)}, ${after.frames.done} of ${after.frames.total} frames are done.`,
  );
}

export async function setPriority(
  client: FarmClient,
  job: string,
  priority: number,
  talk: Talk,
): Promise<void> {
  const after = await client.call(jobRoutes.priority, { params: { job }, body: { priority } });
  talk.fact(after);
  talk.answer(`Job ${job} has priority ${after.priority}.`);
}

export async function deleteJob(client: FarmClient, job: string, talk: Talk): Promise<void> {
  await client.call(jobRoutes.delete, { params: { job } });
  talk.fact({ event: 'deleted', job });
  talk.answer(`Job ${job} is deleted, with its frames and its film.`);
}

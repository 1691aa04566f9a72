import type { FarmClient } from '@akashganga/client';
import { accessRoutes, buildRoutes, farmRoutes, jobRoutes, workerRoutes } from '@akashganga/protocol';

/** Everything that the farm stores, page after page; each page is checked against its schema. Throws when one is not right. */
export async function readAll(client: FarmClient) {
  const jobs = await readJobs(client);
  const frames: Record<string, unknown[]> = {};
  for (const { id, frames: counts } of jobs) {
    if (counts.total > 0) frames[id] = await readFrames(client, id);
    await client.call(jobRoutes.statistics, { params: { job: id } });
  }
  const { workers } = await client.call(workerRoutes.list, {});
  for (const { id } of workers) await client.call(workerRoutes.statistics, { params: { worker: id } });
  const { changes } = await client.call(farmRoutes.history, { query: { limit: 1000 } });
  const { tokens } = await client.call(accessRoutes.tokens, {});
  const { members } = await client.call(accessRoutes.members, {});
  const { joinCodes } = await client.call(accessRoutes.joinCodes, {});
  const { builds } = await client.call(buildRoutes.list, {});
  const { limits } = await client.call(farmRoutes.limits, {});
  const { frameServers } = await client.call(farmRoutes.summary, {});
  return { jobs, frames, workers, changes, tokens, members, joinCodes, builds, limits, frameServers };
}

async function readJobs(client: FarmClient) {
  const all = new Map<string, Awaited<ReturnType<typeof page>>['jobs'][number]>();
  const page = (before: number | undefined) =>
    client.call(jobRoutes.list, { query: { limit: 100, ...(before === undefined ? {} : { before }) } });
  for (let before: number | undefined; ; ) {
    const { jobs, more } = await page(before);
    for (const job of jobs) all.set(job.id, await client.call(jobRoutes.get, { params: { job: job.id } }));
    const last = jobs.at(-1);
    if (!more || !last) return [...all.values()];
    before = last.createdAt;
  }
}

async function readFrames(client: FarmClient, job: string): Promise<unknown[]> {
  const { runs } = await client.call(jobRoutes.frameStates, { params: { job }, query: { limit: 1000 } });
  const { frames } = await client.call(jobRoutes.frames, { params: { job }, query: { limit: 1000 } });
  return [...runs, ...frames];
}

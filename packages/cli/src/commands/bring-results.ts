import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FarmClient, retryLater, wholeOrCut } from '@akashganga/client';
import { FarmError, type Frame, fillPath, frameName, type Job, jobRoutes } from '@akashganga/protocol';
import { writeVerified } from '@akashganga/storage';

const PARALLEL = 4;
const PATIENCE_SECONDS = 120;

/** Writes the job's film to `path`, checked against its digest. */
export async function bringFilm(
  client: FarmClient,
  job: Job,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const { digest } = job.film;
  if (digest === null) throw new FarmError('film.not-done', { job: job.id });
  await bring(client, fillPath(jobRoutes.film.route.path, { job: job.id }), path, digest, signal);
}

/** Writes every finished frame into `folder` under its number, each checked against its digest. Returns how many. */
export async function bringFrames(
  client: FarmClient,
  job: Job,
  folder: string,
  signal?: AbortSignal,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const extension = job.probe?.extension ?? '.png';
  let count = 0;
  for await (const page of framePages(client, job.id)) {
    const queue = page.filter((frame) => frame.state === 'done');
    const lane = async () => {
      for (let frame = queue.shift(); frame; frame = queue.shift()) {
        const path = fillPath(jobRoutes.image.route.path, { job: job.id, frame: frame.frame });
        if (frame.digest === null) continue;
        await bring(
          client,
          path,
          join(folder, `${frameName(frame.frame)}${extension}`),
          frame.digest,
          signal,
        );
        if (job.probe && job.probe.outputs.length > 0)
          await bringOutputs(client, job.id, frame.frame, folder, signal);
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }
  return count;
}

/** What came beside a frame, as `outputs/Mist/0001.exr` in the folder of the frames. */
async function bringOutputs(
  client: FarmClient,
  job: string,
  frame: number,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const params = { job, frame };
  const { outputs } = await client.call(jobRoutes.outputs, { params });
  for (const { name, extension, digest } of outputs) {
    const path = `${fillPath(jobRoutes.output.route.path, params)}?name=${encodeURIComponent(name)}`;
    const target = join(folder, 'outputs', ...name.split('/'), frameName(frame) + extension);
    await bring(client, path, target, digest, signal);
  }
}

/** A job's frames, a page at a time. */
export async function* framePages(client: FarmClient, job: string): AsyncIterable<Frame[]> {
  let from: number | undefined;
  for (;;) {
    const query = from === undefined ? {} : { from };
    const { frames, more } = await client.call(jobRoutes.frames, { params: { job }, query });
    yield frames;
    const last = frames.at(-1);
    if (!more || !last) return;
    from = last.frame + 1;
  }
}

async function bring(
  client: FarmClient,
  path: string,
  target: string,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = { forSeconds: PATIENCE_SECONDS, ...(signal ? { signal } : {}) };
  await retryLater(async () => {
    const reply = await client.send({ method: 'GET', path, ...(signal ? { signal } : {}) });
    await writeVerified(target, digest, wholeOrCut(reply, digest));
  }, options);
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FarmClient } from '@akashganga/client';
import {
  type Digest,
  type Frame,
  type FrameNames,
  fillPath,
  type Job,
  jobRoutes,
  nameFrame,
  OUTPUTS_FOLDER,
  parseFrames,
  SUMS_FILE,
  sumLine,
  USUAL_NAMES,
} from '@akashganga/protocol';
import { makeFolder } from '@akashganga/storage';
import { bringFile } from './bring-file.ts';

const PARALLEL = 4;

export interface FramesWish {
  /** How the files are called. Default: their numbers. */
  readonly names?: FrameNames;
  /** Only these. Default: all of the job. */
  readonly only?: string;
  readonly signal?: AbortSignal;
}

export interface BroughtFrames {
  /** Frames that are in the folder now. */
  readonly count: number;
  /** Those of them that had to come; the others were there and right. */
  readonly came: number;
  /** Frames that were wanted and are not done. */
  readonly missing: number[];
}

interface Errand {
  readonly client: FarmClient;
  readonly job: Job;
  readonly folder: string;
  readonly names: FrameNames;
  readonly signal: AbortSignal | undefined;
  /** Lines of SHA256SUMS. */
  readonly sums: string[];
}

/**
 * Writes finished frames into `folder`, each checked against its digest, with `SHA256SUMS` of them. What is there already
 * and right stays, so that the same call goes on where one before it was cut.
 */
export async function bringFrames(
  client: FarmClient,
  job: Job,
  folder: string,
  wish: FramesWish = {},
): Promise<BroughtFrames> {
  await makeFolder(folder);
  const errand: Errand = {
    ...{ client, job, folder, names: wish.names ?? USUAL_NAMES, signal: wish.signal, sums: [] },
  };
  const only = wish.only === undefined ? null : new Set(parseFrames(wish.only));
  const missing: number[] = [];
  let count = 0;
  let came = 0;
  for await (const page of framePages(client, job.id)) {
    const wanted = only === null ? page : page.filter(({ frame }) => only.has(frame));
    for (const { frame, state } of wanted) if (state !== 'done') missing.push(frame);
    const queue = wanted.filter(({ state }) => state === 'done');
    const lane = async () => {
      for (let frame = queue.shift(); frame; frame = queue.shift()) {
        if (frame.digest === null) continue;
        if (await bringFrame(errand, frame, frame.digest)) came += 1;
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }
  const byName = errand.sums.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  await writeFile(join(folder, SUMS_FILE), byName.map((line) => `${line}\n`).join(''));
  return { count, came, missing };
}

async function bringFrame(errand: Errand, { frame, size }: Frame, digest: Digest): Promise<boolean> {
  const { client, job, folder, names, signal, sums } = errand;
  const params = { job: job.id, frame };
  const stem = nameFrame(names, { frame, job: job.name, id: job.id });
  const name = stem + (job.probe?.extension ?? '.png');
  const path = fillPath(jobRoutes.image.route.path, params);
  const target = join(folder, ...name.split('/'));
  const came = await bringFile(client, { path, target, digest, size }, signal);
  sums.push(sumLine(digest, name));
  if (job.probe && job.probe.outputs.length > 0) await bringOutputs(errand, frame, stem);
  return came;
}

/** What came beside a frame, as `outputs/Mist/0001.exr` in the folder of the frames. */
async function bringOutputs(errand: Errand, frame: number, stem: string): Promise<void> {
  const { client, job, folder, signal, sums } = errand;
  const params = { job: job.id, frame };
  const { outputs } = await client.call(jobRoutes.outputs, { params });
  for (const { name, extension, digest, size } of outputs) {
    const path = `${fillPath(jobRoutes.output.route.path, params)}?name=${encodeURIComponent(name)}`;
    const here = `${OUTPUTS_FOLDER}/${name}/${stem}${extension}`;
    await bringFile(client, { path, target: join(folder, ...here.split('/')), digest, size }, signal);
    sums.push(sumLine(digest, here));
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

import type { FarmClient } from '@akashganga/client';
import {
  FarmError,
  type FrameNames,
  finishedJobStates,
  formatFrames,
  type Job,
  jobRoutes,
  type NewJobInput,
  parseFrames,
  USUAL_NAMES,
} from '@akashganga/protocol';
import { findFarm } from '../farm/find-farm.ts';
import { spanWords } from '../output/words.ts';
import { bringFilm } from '../results/bring-film.ts';
import { bringFrames, framePages } from '../results/bring-frames.ts';
import { needFfmpeg } from '../roles/frames-role.ts';
import { OwnFarm } from '../roles/own-farm.ts';
import { needBlender } from '../roles/worker-role.ts';
import { sayScene } from '../scene/missing-words.ts';
import { type LocalScene, readScene } from '../scene/read-scene.ts';
import { type LocalSound, readSound, withSound } from '../scene/read-sound.ts';
import { checkFolder, checkOutput } from './check-output.ts';
import type { CommandContext } from './common-flags.ts';
import { frameNamesFrom } from './fetch.ts';
import { followJob } from './follow-job.ts';
import { type JobFlags, jobFrom } from './job-flags.ts';
import { sendJob, submitterName } from './send-job.ts';

/** `render SCENE`: renders to a film and waits. Resolves to the exit code. */
export async function render(
  path: string,
  flags: JobFlags,
  context: CommandContext,
  signal: AbortSignal,
): Promise<number> {
  const started = Date.now();
  const names = framesWish(flags);
  await using scene = await readScene(path, { allowMissing: flags.allowMissing ?? false, signal });
  const sound = await readSound(flags.sound, signal);
  const wanted = withSound(jobFrom(flags, scene, submitterName()), sound);
  const isFilmed = wanted.film?.none !== true;
  const output = isFilmed
    ? await checkOutput(flags.output ?? `${scene.name}.${wanted.container ?? 'mp4'}`)
    : null;
  const framesDir = flags.framesDir === undefined ? null : await checkFolder(flags.framesDir);
  const rendering = { scene, sound, wanted, output, framesDir, names, started };
  sayScene(scene, context.talk);
  const farm = await findFarm(context.settings, context.flags);
  if (farm) {
    context.talk.say(`Rendering ${path} on the farm at ${farm.url}.`);
    return await renderOn(farm, { ...rendering, resumes: false }, context, signal);
  }
  await using own = await startOwn(flags, context);
  return await renderOn(own.client, { ...rendering, resumes: true }, context, signal);
}

/** How the frames' files are called. Throws `usage.bad-flag`, also where nothing of the job would come here. */
function framesWish({ name, framesDir, film }: JobFlags): FrameNames {
  const names = frameNamesFrom(name) ?? USUAL_NAMES;
  if (framesDir !== undefined) return names;
  const why = 'it names the files of --frames-dir; give that too';
  if (name !== undefined) throw new FarmError('usage.bad-flag', { flag: '--name', value: name, why });
  if (film === false)
    throw new FarmError('usage.bad-flag', {
      ...{ flag: '--no-film', value: '' },
      why: 'nothing would come here; say with --frames-dir DIR where the frames go, or use submit',
    });
  return names;
}

interface Rendering {
  readonly scene: LocalScene;
  readonly sound: LocalSound;
  readonly wanted: NewJobInput;
  /** Where the film goes; null: none is made. */
  readonly output: string | null;
  readonly framesDir: string | null;
  readonly names: FrameNames;
  readonly started: number;
  /** An own farm goes on with what an interrupted run left, and forgets what is finished. */
  readonly resumes: boolean;
}

async function startOwn(
  flags: JobFlags,
  context: CommandContext,
): Promise<{ client: FarmClient; [Symbol.asyncDispose](): Promise<void> }> {
  const { settings, talk, data } = context;
  await Promise.all([needBlender(settings), needFfmpeg(settings)]);
  talk.say('Starting a farm on this computer.');
  const farm = await OwnFarm.start({
    settings,
    data,
    host: '127.0.0.1',
    port: null,
    framesPort: null,
    address: null,
    workers: flags.workers ?? 1,
    slots: null,
    temporary: true,
    onRestart: (role) => talk.say(`The ${role} ended unexpectedly; starting it again.`),
  });
  return { client: farm.client, [Symbol.asyncDispose]: () => farm.close({ now: true }) };
}

async function renderOn(
  client: FarmClient,
  rendering: Rendering,
  context: CommandContext,
  signal: AbortSignal,
): Promise<number> {
  const { talk } = context;
  const job =
    (rendering.resumes ? await resumeJob(client, rendering.wanted) : null) ??
    (await sendJob(client, [rendering.scene, rendering.sound], rendering.wanted, talk, signal));
  talk.fact({ event: 'started', job: job.id, farm: client.url });
  if (job.frames.done > 0)
    talk.say(`Going on with job ${job.id}: ${job.frames.done} of ${job.frames.total} frames are done.`);
  const ended = await followJob(client, job.id, talk, signal);
  return ended.state === 'completed'
    ? await complete(client, ended, rendering, context)
    : await failed(client, ended, rendering, context);
}

/** The unfinished job that this same command left when it was interrupted. Others of this farm wait meanwhile. */
async function resumeJob(client: FarmClient, wanted: NewJobInput): Promise<Job | null> {
  const { jobs } = await client.call(jobRoutes.list, { query: { limit: 1000 } });
  const open = jobs.filter((job) => !finishedJobStates.includes(job.state));
  const mine = open.find((job) => isSame(job, wanted)) ?? null;
  for (const job of open)
    if (job !== mine && job.state !== 'paused')
      await client.call(jobRoutes.pause, { params: { job: job.id } });
  if (mine?.state === 'paused') return client.call(jobRoutes.resume, { params: { job: mine.id } });
  return mine;
}

function isSame(job: Job, wanted: NewJobInput): boolean {
  const of = (one: Pick<NewJobInput, 'scene' | 'settings' | 'container' | 'film'>, spec: string | null) =>
    JSON.stringify([
      ...[one.scene, Object.entries(one.settings).sort(), one.container, spec],
      Object.entries(one.film ?? {}).sort(),
    ]);
  const spec = job.frameSpec === null || wanted.frames == null ? null : job.frameSpec;
  const wantedSpec = spec === null ? null : formatFrames(parseFrames(wanted.frames ?? ''));
  return (
    of({ ...job, container: job.film.container, film: job.film.settings }, spec) === of(wanted, wantedSpec)
  );
}

async function complete(
  client: FarmClient,
  job: Job,
  rendering: Rendering,
  context: CommandContext,
): Promise<number> {
  const { talk } = context;
  const { output, framesDir, names } = rendering;
  if (output !== null) await bringFilm(client, job, output);
  sayFilm(job, talk);
  if (framesDir !== null) await bringFrames(client, job, framesDir, { names });
  // All that was wanted is here; what the own farm still has would only fill the disk.
  if (rendering.resumes) await client.call(jobRoutes.delete, { params: { job: job.id } });
  const seconds = (Date.now() - rendering.started) / 1000;
  talk.say(
    `${job.frames.done} frames in ${spanWords(seconds)}.${framesDir && output ? ` Frames: ${framesDir}` : ''}`,
  );
  talk.answer(output === null ? `Frames: ${framesDir}` : `Film: ${output}`);
  talk.fact({
    event: 'completed',
    job: job.id,
    frames: job.frames.done,
    film: output,
    framesDir,
    seconds: Math.round(seconds * 10) / 10,
  });
  return 0;
}

async function failed(
  client: FarmClient,
  job: Job,
  rendering: Rendering,
  context: CommandContext,
): Promise<number> {
  const { talk } = context;
  const says = job.problem?.says ?? new FarmError('job.canceled', { job: job.id }).says;
  const code = job.problem?.code ?? 'job.canceled';
  const failedFrames = await numbersOfFailed(client, job);
  const folder = rendering.framesDir;
  if (folder !== null && job.frames.done > 0) {
    const { count } = await bringFrames(client, job, folder, { names: rendering.names });
    talk.say(`${count} finished frames are in ${folder}.`);
  }
  const film = job.film.state === 'done' ? rendering.output : null;
  if (film !== null) {
    await bringFilm(client, job, film);
    sayFilm(job, talk);
    talk.answer(`Film, with a marked picture for each failed frame: ${film}`);
  }
  await sayAttempts(client, job, failedFrames, talk);
  talk.complain(says);
  talk.fact({ event: 'failed', job: job.id, code, says, failedFrames, film });
  return 1;
}

/** What is to be known of the film that one does not see at once. */
function sayFilm(job: Job, talk: CommandContext['talk']): void {
  for (const note of job.film.notes) talk.say(note);
}

async function numbersOfFailed(client: FarmClient, job: Job): Promise<number[]> {
  const failedFrames: number[] = [];
  if (job.frames.failed === 0) return failedFrames;
  for await (const page of framePages(client, job.id))
    for (const frame of page) if (frame.state === 'failed') failedFrames.push(frame.frame);
  return failedFrames;
}

// Why the first failed frame failed: the rest is in `akashganga logs`.
async function sayAttempts(
  client: FarmClient,
  job: Job,
  failedFrames: readonly number[],
  talk: CommandContext['talk'],
): Promise<void> {
  const [first] = failedFrames;
  if (first === undefined) return;
  const { attempts } = await client.call(jobRoutes.frame, { params: { job: job.id, frame: first } });
  const problem = attempts.findLast((attempt) => attempt.problem)?.problem;
  if (problem) talk.complain(problem.says);
}

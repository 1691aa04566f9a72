import type { FarmClient } from '@akashganga/client';
import {
  fillPath,
  type Job,
  jobRoutes,
  type OddFrames,
  type Worker,
  workerRoutes,
} from '@akashganga/protocol';
import { phase } from '../output/progress.ts';
import { sandboxKind, withoutSandbox } from '../output/sandbox-words.ts';
import type { Talk } from '../output/talk.ts';
import { countWords, plain, sizeWords, spanWords, tableText } from '../output/words.ts';

export async function showJobs(client: FarmClient, talk: Talk): Promise<void> {
  const { jobs, more } = await client.call(jobRoutes.list, { query: { limit: 200 } });
  for (const job of jobs) talk.fact(job);
  if (jobs.length === 0) return talk.answer('The farm has no jobs.');
  const rows = jobs.map((job) => [
    job.id,
    job.name,
    phase(job),
    `${job.frames.done}/${job.frames.total}`,
    left(job),
    String(job.priority),
    job.submitter,
  ]);
  talk.answer(tableText([['JOB', 'NAME', 'STATE', 'FRAMES', 'LEFT', 'PRIORITY', 'BY'], ...rows]));
  if (more) talk.say('There are older ones.');
}

function left(job: Job): string {
  return job.secondsLeft === null ? '' : spanWords(job.secondsLeft);
}

export async function showJob(client: FarmClient, id: string, talk: Talk): Promise<void> {
  const job = await client.call(jobRoutes.get, { params: { job: id } });
  talk.fact(job);
  const { frames, film, probe } = job;
  const counts = (['done', 'rendering', 'delivering', 'leased', 'waiting', 'failed', 'canceled'] as const)
    .filter((state) => frames[state] > 0)
    .map((state) => `${frames[state]} ${state}`);
  const rows = [
    ['Name', job.name],
    ['State', phase(job)],
    ['Frames', `${job.frameSpec ?? 'not known yet'}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`],
    [
      'Film',
      film.state === 'done'
        ? `${film.container}, ${sizeWords(film.size ?? 0)}, ${countWords(film.frames ?? 0, 'frame')}`
        : film.settings.none
          ? 'none is wished; akashganga film makes one'
          : `${film.container}, ${film.state === 'none' ? 'when all frames are done' : film.state}`,
    ],
  ];
  if (probe)
    rows.push([
      'Scene',
      `${probe.scene}, ${probe.engine}, ${probe.width}x${probe.height}, ${(probe.fps / probe.fpsBase).toFixed(3).replace(/\.?0+$/, '')} fps`,
    ]);
  if (job.blender !== null) rows.push(['Blender', job.blender]);
  if (job.waitsFor !== null) rows.push(['Waits for', job.waitsFor]);
  if (job.framesPerMinute !== null) rows.push(['Speed', `${job.framesPerMinute.toFixed(1)} frames a minute`]);
  if (job.secondsLeft !== null) rows.push(['Left', spanWords(job.secondsLeft) + rangeWords(job)]);
  if (job.waitsFor !== null) rows.push(['Waits for', job.waitsFor]);
  if (job.moved) rows.push(['Warning', movedWords(job.moved)]);
  for (const odd of job.oddFrames) rows.push(['Warning', oddWords(odd, frames.total)]);
  if (job.problem) rows.push(['Problem', job.problem.says]);
  for (const warning of probe?.warnings ?? []) rows.push(['Warning', warning]);
  talk.answer(tableText(rows));
}

function rangeWords({ secondsLeftRange: range }: Job): string {
  return range === null || range.high < 60 ? '' : ` (${spanWords(range.low)} to ${spanWords(range.high)})`;
}

function movedWords({ from, at, frames }: NonNullable<Job['moved']>): string {
  return `Its frame server ${from} was gone (${new Date(at).toLocaleString()}) with ${countWords(frames, 'frame')}; what no worker had kept is rendered again.`;
}

function oddWords({ look, count, first }: OddFrames, total: number): string {
  if (look === 'hasty') return hastyWords(count, first);
  if (look === 'differs') return differsWords(count, first);
  const words = look === 'unlike' ? 'unlike the frames beside' : look;
  if (count === total) return `All ${countWords(total, 'frame')} are ${words}.`;
  const more = count > first.length ? ', …' : '';
  return `${countWords(count, 'frame')} ${count === 1 ? 'is' : 'are'} ${words} (${first.join(', ')}${more}).`;
}

function hastyWords(count: number, first: readonly number[]): string {
  const more = count > first.length ? ', …' : '';
  return `${countWords(count, 'frame')} came far too soon at first and ${count === 1 ? 'was' : 'were'} rendered again (${first.join(', ')}${more}).`;
}

function differsWords(count: number, first: readonly number[]): string {
  const more = count > first.length ? ', …' : '';
  return `${countWords(count, 'frame')} came twice with different pixels; the first was kept (${first.join(', ')}${more}).`;
}

export async function showWorkers(client: FarmClient, talk: Talk): Promise<void> {
  const { workers } = await client.call(workerRoutes.list, {});
  for (const worker of workers) talk.fact(worker);
  if (workers.length === 0) return talk.answer('No worker has joined the farm yet.');
  const rows = workers.map((worker) => [
    worker.id,
    worker.name,
    worker.state,
    doing(worker),
    String(worker.slots),
    String(worker.cores),
    sizeWords(worker.memory),
    worker.blenders.map((build) => build.version).join(' ') || "the farm's",
    sandboxKind(worker.sandbox),
    String(worker.framesDone),
  ]);
  talk.answer(
    tableText([
      ['WORKER', 'NAME', 'STATE', 'FRAME', 'SLOTS', 'CORES', 'MEMORY', 'BLENDER', 'SANDBOX', 'DONE'],
      ...rows,
    ]),
  );
  for (const { problem } of workers) if (problem) talk.say(problem.says);
  for (const sentence of withoutSandbox(workers)) talk.say(plain(sentence));
}

function doing(worker: Worker): string {
  return worker.slotReports
    .filter((report) => report.frame !== null && report.state !== 'idle')
    .map((report) => `${report.frame}${report.fraction ? ` ${Math.round(report.fraction * 100)}%` : ''}`)
    .join(', ');
}

export async function showLogs(
  client: FarmClient,
  id: string,
  frame: number | undefined,
  talk: Talk,
): Promise<void> {
  const path =
    fillPath(jobRoutes.log.route.path, { job: id }) + (frame === undefined ? '' : `?frame=${frame}`);
  const reply = await client.send({ method: 'GET', path });
  const text = await reply.body.text();
  talk.fact({ job: id, frame: frame ?? null, log: text });
  talk.answer(
    text === ''
      ? 'No attempt of this job has failed; name a frame to see its log.'
      : text.split('\n').map(plain).join('\n'),
  );
}

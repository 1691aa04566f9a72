import type { FarmClient } from '@akashganga/client';
import { FarmError, FrameNames, formatFrames, type Job, jobRoutes, parseFrames } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { countWords } from '../output/words.ts';
import { bringFilm } from '../results/bring-film.ts';
import { type BroughtFrames, bringFrames } from '../results/bring-frames.ts';
import { bringZip } from '../results/bring-zip.ts';
import { checkFolder, checkOutput } from './check-output.ts';

export interface FetchFlags {
  /** A folder for the frames. */
  readonly frames?: string;
  readonly film?: string;
  readonly zip?: string;
  /** A frame spec. */
  readonly only?: string;
  readonly name?: string;
}

/** `fetch ID`: brings the film, the frames, a zip, or all of them here. */
export async function fetchResults(
  client: FarmClient,
  id: string,
  flags: FetchFlags,
  talk: Talk,
  signal?: AbortSignal,
): Promise<void> {
  if (flags.only !== undefined) parseFrames(flags.only);
  const names = frameNamesFrom(flags.name);
  const job = await client.call(jobRoutes.get, { params: { job: id } });
  const wantsFilm = flags.film !== undefined || (flags.frames === undefined && flags.zip === undefined);
  if (wantsFilm && job.film.state !== 'done') throw new FarmError('film.not-done', { job: id });
  const film = wantsFilm ? await checkOutput(flags.film ?? `${job.name}.${job.film.container}`) : null;
  const framesDir = flags.frames === undefined ? null : await checkFolder(flags.frames);
  const zip = flags.zip === undefined ? null : await checkOutput(flags.zip);
  if (film) await bringFilm(client, job, film, signal);
  const wish = { ...(names ? { names } : {}), ...(flags.only === undefined ? {} : { only: flags.only }) };
  const frames =
    framesDir === null ? null : await bringFrames(client, job, framesDir, { ...wish, ...when(signal) });
  if (film) talk.answer(`Film: ${film}`);
  if (framesDir && frames) sayFrames(frames, framesDir, talk);
  const zipped = zip === null ? null : await fetchZip(client, job, flags, zip, talk, signal);
  const facts = { event: 'fetched', job: id, film, framesDir, frames: frames?.count ?? 0, ...zipped };
  talk.fact({ ...facts, ...(frames ? { came: frames.came, missing: formatFrames(frames.missing) } : {}) });
}

/** Throws `usage.bad-flag`. */
export function frameNamesFrom(template: string | undefined): FrameNames | undefined {
  if (template === undefined) return undefined;
  const parsed = FrameNames.safeParse(template);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues[0]?.message ?? 'it is no template';
  throw new FarmError('usage.bad-flag', { flag: '--name', value: template, why });
}

function sayFrames({ count, came, missing }: BroughtFrames, folder: string, talk: Talk): void {
  const kept = count - came > 0 ? ` (${count - came} were there already)` : '';
  talk.answer(`${countWords(count, 'frame')}: ${folder}${kept}`);
  if (missing.length > 0)
    talk.complain(`${countWords(missing.length, 'frame')} not done: ${formatFrames(missing)}`);
}

async function fetchZip(
  client: FarmClient,
  job: Job,
  flags: FetchFlags,
  target: string,
  talk: Talk,
  signal: AbortSignal | undefined,
) {
  const film = job.film.state === 'done' && flags.only === undefined ? ',film' : '';
  const outputs = job.probe && job.probe.outputs.length > 0 ? ',outputs' : '';
  const wish = { what: `frames${outputs}${film}`, name: flags.name, frames: flags.only };
  const { files, missing } = await bringZip(client, job, wish, target, signal);
  talk.answer(`${countWords(files, 'file')}: ${target}`);
  if (missing > 0)
    talk.complain(`${countWords(missing, 'frame')} not done; MISSING.txt in the zip names them.`);
  return { zip: target, zipFiles: files, zipMissing: missing };
}

function when(signal: AbortSignal | undefined) {
  return signal ? { signal } : {};
}

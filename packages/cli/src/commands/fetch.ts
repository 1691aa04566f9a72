import type { FarmClient } from '@akashganga/client';
import { FarmError, FrameNames, formatFrames, type Job, jobRoutes, parseFrames } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { countWords } from '../output/words.ts';
import { bringFilm } from '../results/bring-film.ts';
import { type BroughtFrames, bringFrames } from '../results/bring-frames.ts';
import { bringSheet } from '../results/bring-sheet.ts';
import { bringZip } from '../results/bring-zip.ts';
import { checkFolder, checkOutput } from './check-output.ts';

export interface FetchFlags {
  /** A folder for the frames. */
  readonly frames?: string;
  readonly film?: string;
  readonly zip?: string;
  /** A file for the contact sheet. */
  readonly sheet?: string;
  /** Of the contact sheet. */
  readonly columns?: number;
  /** A frame spec. */
  readonly only?: string;
  readonly name?: string;
}

/** `fetch ID`: brings the film, the frames, a zip, a contact sheet, or all of them here. */
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
  const wantsOther = [flags.frames, flags.zip, flags.sheet].some((flag) => flag !== undefined);
  const wantsFilm = flags.film !== undefined || !wantsOther;
  if (wantsFilm && job.film.state !== 'done') throw new FarmError('film.not-done', { job: id });
  const film = wantsFilm ? await checkOutput(flags.film ?? `${job.name}.${job.film.container}`) : null;
  const framesDir = flags.frames === undefined ? null : await checkFolder(flags.frames);
  const zip = flags.zip === undefined ? null : await checkOutput(flags.zip);
  const sheet = flags.sheet === undefined ? null : await checkOutput(flags.sheet);
  if (film) await bringFilm(client, job, film, signal);
  const wish = { ...(names ? { names } : {}), ...(flags.only === undefined ? {} : { only: flags.only }) };
  const frames =
    framesDir === null ? null : await bringFrames(client, job, framesDir, { ...wish, ...when(signal) });
  if (film) talk.answer(`Film: ${film}`);
  if (framesDir && frames) sayFrames(frames, framesDir, talk);
  const zipped = zip === null ? null : await fetchZip(client, job, flags, zip, talk, signal);
  const drawn = sheet === null ? null : await fetchSheet(client, job, flags, sheet, talk, signal);
  const facts = {
    ...{ event: 'fetched', job: id, film, framesDir, frames: frames?.count ?? 0 },
    ...{ ...zipped, ...drawn },
  };
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

async function fetchSheet(
  client: FarmClient,
  job: Job,
  flags: FetchFlags,
  target: string,
  talk: Talk,
  signal: AbortSignal | undefined,
) {
  const wish = { frames: flags.only, columns: flags.columns };
  const { asked, shown, missing } = await bringSheet(client, job, wish, target, signal);
  const sample = shown < asked ? `, a sample of ${asked}` : '';
  talk.answer(`Contact sheet of ${countWords(shown, 'frame')}${sample}: ${target}`);
  if (missing > 0) talk.complain(`${countWords(missing, 'frame')} of it have no picture.`);
  return { sheet: target, sheetAsked: asked, sheetShown: shown, sheetMissing: missing };
}

function when(signal: AbortSignal | undefined) {
  return signal ? { signal } : {};
}

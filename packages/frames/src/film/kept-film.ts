import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { Container, Digest, type EncodeOrder } from '@akashganga/protocol';
import { hashFile } from '@akashganga/storage';
import type { JobPaths } from '../files/job-paths.ts';
import { moveIntoPlace, syncFile } from '../files/move-into-place.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { KeptFrame } from '../gather/frame-index.ts';

/** What is known of a finished film. */
export interface KeptFilm {
  readonly container: Container;
  readonly digest: Digest;
  readonly size: number;
  readonly frames: number;
  /** The name people gave the job. */
  readonly name: string;
  /** What it was made from: see `recipeOf`. */
  readonly madeFrom: string;
  /** What people should know of it, and how near its pictures are to the frames, in dB; null for the same. */
  readonly notes: readonly string[];
  readonly psnr: number | null;
}

/** The digest of all that decides what a film is. The same order with the same frames needs no second film. */
export function recipeOf(order: EncodeOrder, frames: readonly KeptFrame[]): string {
  const hash = createHash('sha256').update(
    JSON.stringify([order.container, order.rate, order.settings, order.kind, order.sound]),
  );
  for (const { frame, digest } of frames) hash.update(`${frame} ${digest}\n`);
  return hash.digest('hex');
}

/** The job's film, or null when there is none or its file is not as long as it was. */
export async function readKeptFilm(paths: JobPaths): Promise<KeptFilm | null> {
  const film = parseFilm(await readFile(paths.filmFacts, 'utf8').catch(() => ''));
  if (!film) return null;
  const size = await stat(paths.film(film.container)).then(
    (file) => file.size,
    () => -1,
  );
  return size === film.size ? film : null;
}

/**
 * Gives a finished film its name and writes down what it is. The facts of an earlier film go first: at no
 * time do facts stand beside a film that is not theirs.
 */
export async function keepFilm(
  paths: JobPaths,
  made: string,
  facts: Omit<KeptFilm, 'digest' | 'size'>,
): Promise<KeptFilm> {
  await syncFile(made);
  const film = { ...facts, ...(await hashFile(made)) };
  await rm(paths.filmFacts, { force: true });
  for (const other of Container.options)
    if (other !== film.container) await rm(paths.film(other), { force: true });
  await moveIntoPlace(made, paths.film(film.container));
  await replaceFile(paths.filmFacts, `${JSON.stringify(film)}\n`, { durable: true });
  return film;
}

function parseFilm(text: string): KeptFilm | null {
  try {
    const film = JSON.parse(text) as KeptFilm;
    const numbers = Number.isSafeInteger(film.size) && Number.isSafeInteger(film.frames);
    const names = typeof film.name === 'string' && typeof film.madeFrom === 'string';
    const typed = Container.safeParse(film.container).success && Digest.safeParse(film.digest).success;
    return numbers && names && typed ? { ...film, notes: film.notes ?? [], psnr: film.psnr ?? null } : null;
  } catch {
    return null;
  }
}

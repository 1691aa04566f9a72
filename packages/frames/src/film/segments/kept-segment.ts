import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JobPaths } from '../../files/job-paths.ts';
import { moveIntoPlace, syncFile } from '../../files/move-into-place.ts';
import { replaceFile } from '../../files/replace-file.ts';
import type { KeptFrame } from '../../gather/frame-index.ts';
import type { ChosenEncoder } from '../encoder/choose-encoder.ts';

/** What is known of an encoded and checked segment. */
export interface KeptSegment {
  readonly path: string;
  /** What it was made from: see `segmentRecipe`. */
  readonly madeFrom: string;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly size: number;
  /** The mean square difference of its pixels from those of the frames. */
  readonly error: number;
}

/** The digest of all that decides what a segment is. */
export function segmentRecipe(
  { notes: _, ...chosen }: ChosenEncoder,
  frames: readonly Pick<KeptFrame, 'frame' | 'digest'>[],
): string {
  const hash = createHash('sha256').update(JSON.stringify(chosen));
  for (const { frame, digest } of frames) hash.update(`${frame} ${digest}\n`);
  return hash.digest('hex');
}

/** The segment that was made of exactly this, or null. */
export async function readKeptSegment(
  paths: JobPaths,
  segment: number,
  madeFrom: string,
): Promise<KeptSegment | null> {
  const facts = parse(await readFile(paths.segmentFacts(segment), 'utf8').catch(() => ''));
  if (facts?.madeFrom !== madeFrom) return null;
  const path = paths.segment(segment);
  const size = await stat(path).then(
    (file) => file.size,
    () => -1,
  );
  return size === facts.size ? { ...facts, path } : null;
}

/** Gives a checked segment its place; its facts are written last, so that they never speak of another file. */
export async function keepSegment(
  paths: JobPaths,
  segment: number,
  made: string,
  facts: Omit<KeptSegment, 'path' | 'size'>,
): Promise<KeptSegment> {
  const path = paths.segment(segment);
  await mkdir(dirname(path), { recursive: true });
  await syncFile(made);
  const { size } = await stat(made);
  await rm(paths.segmentFacts(segment), { force: true });
  await moveIntoPlace(made, path);
  await replaceFile(paths.segmentFacts(segment), `${JSON.stringify({ ...facts, size })}\n`, {
    durable: true,
  });
  return { ...facts, path, size };
}

function parse(text: string): Omit<KeptSegment, 'path'> | null {
  try {
    const facts = JSON.parse(text) as Omit<KeptSegment, 'path'>;
    const numbers = [facts.frames, facts.width, facts.height, facts.size].every(Number.isSafeInteger);
    return numbers && Number.isFinite(facts.error) && typeof facts.madeFrom === 'string' ? facts : null;
  } catch {
    return null;
  }
}

import { join } from 'node:path';
import { type Container, frameName } from '@akashganga/protocol';

/** Where the files of one job are. People may look into this folder, so the names are theirs. */
export interface JobPaths {
  readonly folder: string;
  /** One line for each delivery. */
  readonly index: string;
  /** How much of the index the manager has acknowledged. */
  readonly reported: string;
  /** What the film is, written after the film. */
  readonly filmFacts: string;
  film(container: Container): string;
  frame(frame: number, extension: string): string;
  thumbnail(frame: number): string;
  log(frame: number): string;
  /** A picture that came beside a frame, by its human name. */
  output(name: string, frame: number, extension: string): string;
  /** Which pictures came beside a frame. */
  outputList(frame: number): string;
  /** An encoded part of the film. */
  segment(segment: number): string;
  /** What it was made from, written after it. */
  segmentFacts(segment: number): string;
}

export function jobPaths(dataFolder: string, job: string): JobPaths {
  const folder = join(dataFolder, 'jobs', job);
  return {
    folder,
    index: join(folder, 'frames.jsonl'),
    reported: join(folder, 'reported.json'),
    filmFacts: join(folder, 'film.json'),
    film: (container) => join(folder, `film.${container}`),
    frame: (frame, extension) => join(folder, 'frames', frameName(frame) + extension),
    thumbnail: (frame) => join(folder, 'thumbnails', `${frameName(frame)}.webp`),
    output: (name, frame, extension) =>
      join(folder, 'outputs', ...name.split('/'), frameName(frame) + extension),
    outputList: (frame) => join(folder, 'output-lists', `${frameName(frame)}.json`),
    log: (frame) => join(folder, 'logs', `${frameName(frame)}.txt`),
    segment: (segment) => join(folder, 'segments', `${frameName(segment)}.nut`),
    segmentFacts: (segment) => join(folder, 'segments', `${frameName(segment)}.json`),
  };
}

/** Files that are not finished. What is left here by a process that was killed is thrown away at the next start. */
export function unfinishedFolder(dataFolder: string): string {
  return join(dataFolder, 'unfinished');
}

/** All jobs of this frame server, one folder each. */
export function jobsFolder(dataFolder: string): string {
  return join(dataFolder, 'jobs');
}

import type { Digest, FrameNames } from '@akashganga/protocol';
import { nameFrame, OUTPUTS_FOLDER, parseFrames, plainName } from '@akashganga/protocol';
import { type KeptFilm, readKeptFilm } from '../film/kept-film.ts';
import type { JobShelf } from '../gather/job-shelf.ts';
import { readOutputs } from '../gather/receive-output.ts';

/** What of a job is wanted, and under which names. */
export interface Selection {
  readonly job: string;
  /** The job's name. */
  readonly title: string;
  /** A frame spec. */
  readonly frames: string;
  readonly what: ReadonlySet<'frames' | 'outputs' | 'film'>;
  readonly names: FrameNames;
}

/** A file of a job: where it lies, what it must be, and how it is called where it goes. */
export interface JobFile {
  readonly path: string;
  readonly name: string;
  readonly digest: Digest;
  readonly size: number;
  /** Its bytes are no longer those of its digest: a frame is put aside, so that it can come anew. */
  readonly setAside: () => Promise<void>;
}

const stays = () => Promise.resolve();

/** What of a selection is here, and which frames of it are not. */
export interface FoundFiles {
  /** Frames, and the film; what came beside frames is found on the way. */
  readonly count: number;
  readonly missing: readonly number[];
  files(): AsyncGenerator<JobFile>;
}

/** Looks at the index only: a million frames take no longer than their numbers. */
export async function findFiles(selection: Selection, shelf: JobShelf): Promise<FoundFiles> {
  const { job, what } = selection;
  const numbers = what.has('frames') || what.has('outputs') ? parseFrames(selection.frames) : [];
  const here: number[] = [];
  const missing: number[] = [];
  const film = await shelf.use(job, async ({ index, paths }) => {
    for (const frame of numbers) (index.get(frame) ? here : missing).push(frame);
    return what.has('film') ? await readKeptFilm(paths) : null;
  });
  return { count: here.length + (film ? 1 : 0), missing, files: () => filesOf(selection, shelf, here, film) };
}

async function* filesOf(
  selection: Selection,
  shelf: JobShelf,
  frames: readonly number[],
  film: KeptFilm | null,
): AsyncGenerator<JobFile> {
  const { job, title, names, what } = selection;
  for (const frame of frames) {
    const name = nameFrame(names, { frame, job: title, id: job });
    // Asked anew: it may have been rendered again since the answer began.
    const file = await shelf.use(job, async (gathered): Promise<JobFile | null> => {
      const kept = gathered.index.get(frame);
      if (!kept) return null;
      const { extension, digest, size } = kept;
      const setAside = () => gathered.setAside(kept);
      return { path: gathered.paths.frame(frame, extension), name: name + extension, digest, size, setAside };
    });
    if (file && what.has('frames')) yield file;
    if (what.has('outputs')) yield* outputsOf(job, frame, name, shelf);
  }
  if (!film) return;
  const path = await shelf.use(job, async ({ paths }) => paths.film(film.container));
  const { container, digest, size } = film;
  yield { path, name: `${plainName(title)}.${container}`, digest, size, setAside: stays };
}

async function* outputsOf(
  job: string,
  frame: number,
  name: string,
  shelf: JobShelf,
): AsyncGenerator<JobFile> {
  const { list, paths } = await shelf.use(job, async (gathered) => ({
    list: await readOutputs(gathered.paths, frame),
    paths: gathered.paths,
  }));
  for (const output of list.outputs)
    yield {
      path: paths.output(output.name, frame, output.extension),
      name: `${OUTPUTS_FOLDER}/${output.name}/${name}${output.extension}`,
      digest: output.digest,
      size: output.size,
      setAside: stays,
    };
}

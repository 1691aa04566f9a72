import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Chunk, FrameNumber, JobId, type Lease, LeaseId, OutputName } from '@akashganga/protocol';
import { describeFile, hashFile } from '@akashganga/storage';
import { z } from 'zod';
import { takeFile } from '../sandbox/take-file.ts';

const fileFacts = { file: z.string(), digest: z.string(), size: z.number(), extension: z.string() };

export const Parcel = z.object({
  job: JobId,
  frame: FrameNumber,
  lease: LeaseId,
  ...fileFacts,
  chunks: z.array(Chunk).optional(),
  /** What came beside the picture: other views, File Output nodes. */
  extras: z.array(z.object({ name: OutputName, ...fileFacts })).default([]),
  width: z.number(),
  height: z.number(),
  seconds: z.number(),
  memory: z.number().nullable(),
  replace: z.boolean(),
  frameServer: z.string(),
  /** Seconds to wait before it is sent, so that people can watch. */
  linger: z.number().nonnegative().default(0),
  /** Of the lease. */
  pass: z.string().default(''),
  log: z.string(),
});
/** A rendered frame that is to be delivered. */
export type Parcel = z.infer<typeof Parcel>;

export interface StoredParcel {
  readonly folder: string;
  /** Becomes that of another lease when its job goes to another frame server before it is delivered. */
  parcel: Parcel;
  /** Lay here for a while, perhaps while the power went: its bytes are to be looked at before it is sent. */
  readonly isOld?: true;
}

/** The same frame, to be delivered for this lease. */
export function ofLease(parcel: Parcel, lease: Lease): Parcel {
  const { id, frameServer, replace, pass } = lease;
  return { ...parcel, lease: id, frameServer: frameServer ?? parcel.frameServer, replace, pass };
}

/** A frame's files where Blender wrote them. */
export interface RenderedFiles {
  readonly file: string;
  readonly extras: readonly { readonly name: string; readonly file: string }[];
}

/** A frame's files in the outbox, not yet sealed: lost if the worker ends now. */
export interface TakenFrame {
  readonly folder: string;
  readonly partial: string;
  readonly file: string;
  readonly extras: readonly { readonly name: string; readonly file: string }[];
}

/**
 * Rendered frames on this disk until the frame server has them. A parcel is a folder with the picture and
 * a `parcel.json`; it appears under its name when both are whole.
 */
export class FrameOutbox {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * What an earlier process left; half-packed parcels and those with a file that is cut short are thrown away, their
   * frames are rendered again.
   */
  async load(): Promise<StoredParcel[]> {
    await mkdir(this.#folder, { recursive: true });
    const stored: StoredParcel[] = [];
    for (const name of await readdir(this.#folder)) {
      const folder = join(this.#folder, name);
      const parcel = name.endsWith('.part') ? null : await readParcel(folder);
      if (parcel && (await hasItsFiles(folder, parcel))) stored.push({ folder, parcel, isOld: true });
      else await rm(folder, { recursive: true, force: true });
    }
    return stored;
  }

  /** Takes the files over by renaming them; quick, so that their session can go on or be closed. */
  async take(
    frame: RenderedFiles,
    { job, frame: number }: { job: string; frame: number },
  ): Promise<TakenFrame> {
    this.#count += 1;
    const folder = join(this.#folder, `${job}-${number}-${process.pid}-${this.#count}`);
    const partial = `${folder}.part`;
    await mkdir(partial, { recursive: true });
    const file = basename(frame.file);
    await takeFile(frame.file, join(partial, file), number);
    const extras = [];
    for (const [at, { name, file: path }] of frame.extras.entries()) {
      const file = `output-${at}${extname(path)}`;
      await takeFile(path, join(partial, file), number);
      extras.push({ name, file });
    }
    return { folder, partial, file, extras };
  }

  /** Makes a parcel of what was taken. The digests are of the bytes on disk, once and for all. */
  async pack(
    taken: TakenFrame,
    facts: Omit<Parcel, 'file' | 'digest' | 'size' | 'chunks' | 'extension' | 'extras'>,
  ): Promise<StoredParcel> {
    const { folder, partial } = taken;
    const extras: Parcel['extras'] = [];
    for (const { name, file } of taken.extras) extras.push({ name, ...(await factsOf(partial, file)) });
    const parcel: Parcel = { ...facts, ...(await factsOf(partial, taken.file)), extras };
    await writeFile(join(partial, 'parcel.json'), JSON.stringify(parcel));
    await rename(partial, folder);
    return { folder, parcel };
  }

  /** Takes a parcel's folder over that lies elsewhere on this disk. */
  async adopt(from: string, parcel: Parcel): Promise<StoredParcel> {
    this.#count += 1;
    const folder = join(this.#folder, `${parcel.job}-${parcel.frame}-${process.pid}-${this.#count}`);
    await rename(from, folder);
    return { folder, parcel, isOld: true };
  }

  /** Whether the bytes on the disk are those that were packed. */
  async isWhole({ folder, parcel }: StoredParcel): Promise<boolean> {
    for (const { file, digest } of [parcel, ...parcel.extras]) {
      const found = await hashFile(join(folder, file)).catch(() => null);
      if (found?.digest !== digest) return false;
    }
    return true;
  }

  path(stored: StoredParcel): string {
    return join(stored.folder, stored.parcel.file);
  }

  read(stored: StoredParcel) {
    return createReadStream(this.path(stored));
  }

  readExtra(stored: StoredParcel, extra: Parcel['extras'][number]) {
    return createReadStream(join(stored.folder, extra.file));
  }

  async drop(stored: StoredParcel): Promise<void> {
    await rm(stored.folder, { recursive: true, force: true });
  }
}

async function factsOf(folder: string, file: string) {
  const contents = await describeFile(join(folder, file));
  return { file, ...contents, extension: extname(file).toLowerCase() };
}

async function hasItsFiles(folder: string, parcel: Parcel): Promise<boolean> {
  for (const { file, size } of [parcel, ...parcel.extras]) {
    const found = await stat(join(folder, file)).catch(() => null);
    if (found?.size !== size) return false;
  }
  return true;
}

async function readParcel(folder: string): Promise<Parcel | null> {
  try {
    return Parcel.parse(JSON.parse(await readFile(join(folder, 'parcel.json'), 'utf8')));
  } catch {
    return null;
  }
}

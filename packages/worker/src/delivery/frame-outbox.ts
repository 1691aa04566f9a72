import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Chunk, FrameNumber, JobId, LeaseId } from '@akashganga/protocol';
import { describeFile } from '@akashganga/storage';
import { z } from 'zod';
import { takeFile } from '../sandbox/take-file.ts';

export const Parcel = z.object({
  job: JobId,
  frame: FrameNumber,
  lease: LeaseId,
  file: z.string(),
  digest: z.string(),
  size: z.number(),
  chunks: z.array(Chunk).optional(),
  extension: z.string(),
  width: z.number(),
  height: z.number(),
  seconds: z.number(),
  memory: z.number().nullable(),
  replace: z.boolean(),
  frameServer: z.string(),
  /** Seconds to wait before it is sent, so that people can watch. */
  linger: z.number().nonnegative().default(0),
  log: z.string(),
});
/** A rendered frame that is to be delivered. */
export type Parcel = z.infer<typeof Parcel>;

export interface StoredParcel {
  readonly folder: string;
  readonly parcel: Parcel;
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

  /** What an earlier process left; half-packed parcels are thrown away, their frames are rendered again. */
  async load(): Promise<StoredParcel[]> {
    await mkdir(this.#folder, { recursive: true });
    const stored: StoredParcel[] = [];
    for (const name of await readdir(this.#folder)) {
      const folder = join(this.#folder, name);
      const parcel = name.endsWith('.part') ? null : await readParcel(folder);
      if (parcel) stored.push({ folder, parcel });
      else await rm(folder, { recursive: true, force: true });
    }
    return stored;
  }

  /** Takes the picture over by renaming it. The digest is of the bytes on disk, once and for all. */
  async pack(
    picture: string,
    facts: Omit<Parcel, 'file' | 'digest' | 'size' | 'chunks' | 'extension'>,
  ): Promise<StoredParcel> {
    this.#count += 1;
    const folder = join(this.#folder, `${facts.job}-${facts.frame}-${process.pid}-${this.#count}`);
    const partial = `${folder}.part`;
    await mkdir(partial, { recursive: true });
    const file = basename(picture);
    await takeFile(picture, join(partial, file), facts.frame);
    const contents = await describeFile(join(partial, file));
    const parcel: Parcel = { ...facts, file, ...contents, extension: extname(file) };
    await writeFile(join(partial, 'parcel.json'), JSON.stringify(parcel));
    await rename(partial, folder);
    return { folder, parcel };
  }

  path(stored: StoredParcel): string {
    return join(stored.folder, stored.parcel.file);
  }

  read(stored: StoredParcel) {
    return createReadStream(this.path(stored));
  }

  async drop(stored: StoredParcel): Promise<void> {
    await rm(stored.folder, { recursive: true, force: true });
  }
}

async function readParcel(folder: string): Promise<Parcel | null> {
  try {
    return Parcel.parse(JSON.parse(await readFile(join(folder, 'parcel.json'), 'utf8')));
  } catch {
    return null;
  }
}

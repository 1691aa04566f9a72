import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, FarmError, type FrameReceipt } from '@akashganga/protocol';
import { atMost, isDiskFull, writeVerified } from '@akashganga/storage';
import type { Logger } from 'pino';
import { jobPaths, unfinishedFolder } from '../files/job-paths.ts';
import { moveIntoPlace } from '../files/move-into-place.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { ExpectedPicture } from '../pictures/check-picture.ts';
import type { Decoders } from '../pictures/decoder/decoders.ts';
import type { SeenThumbnail } from '../pictures/look-of-thumbnail.ts';
import type { PictureExtension } from '../pictures/picture-kinds.ts';
import type { KeptFrame } from './frame-index.ts';
import type { GatheredJob } from './gathered-job.ts';
import type { JobShelf } from './job-shelf.ts';

/** A frame as it arrives: its bytes, and what its headers say. */
export interface Delivery {
  readonly job: string;
  readonly frame: number;
  readonly digest: Digest;
  readonly extension: PictureExtension;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly lease: string | null;
  readonly worker: string | null;
  readonly seconds: number | null;
  readonly memory: number | null;
  /** Asked for again by a person: it takes the place of the one that is kept. */
  readonly replace: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ReceivingRoom {
  readonly folder: string;
  readonly shelf: JobShelf;
  readonly decoders: Decoders;
  readonly largestFrame: number;
  readonly log: Logger;
  /** Bounds how many pictures are decoded at once. */
  readonly turns: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called when there was no room for something that was delivered. */
  readonly onFull: () => void;
  /** Called when a delivery is on disk and the manager is to be told. */
  readonly onStored: (job: string, frame: number) => void;
}

/**
 * Takes a frame: written to a file of its own and compared with its digest, decoded, given its name, noted
 * in the index, and only then answered. A frame that is there already is not written again; its first
 * verified picture stays, unless this one is to replace it. Each delivery is noted, so that the manager hears of it even if it had forgotten.
 */
export async function receiveFrame(room: ReceivingRoom, delivery: Delivery): Promise<FrameReceipt> {
  const there = await room.shelf.use(delivery.job, (job) => job.stays(delivery));
  if (there) {
    const differs = await isOtherPicture(room, delivery, there);
    return keepFirst(room, delivery, null, differs);
  }
  const arrived = join(unfinishedFolder(room.folder), randomUUID());
  try {
    await writeVerified(arrived, delivery.digest, atMost(delivery.bytes, room.largestFrame));
    const { thumbnail, seen } = await room.turns(() => room.decoders.check(arrived, expectedOf(delivery)));
    return await keepFirst(room, delivery, { arrived, thumbnail, seen }, false);
  } finally {
    await rm(arrived, { force: true });
  }
}

// Its bytes are not a decoder's business.
function expectedOf({ frame, extension, size }: Delivery): ExpectedPicture {
  return { frame, extension, size };
}

interface CheckedFile {
  readonly arrived: string;
  readonly thumbnail: Buffer | null;
  /** Null when the thumbnail could not be made or read. */
  readonly seen: SeenThumbnail | null;
}

/**
 * Whether a frame that is here already came with other pixels. Its bytes alone say little: Blender writes the time a
 * render took into a PNG. What cannot be decoded is another picture.
 */
async function isOtherPicture(room: ReceivingRoom, delivery: Delivery, first: KeptFrame): Promise<boolean> {
  if (first.digest === delivery.digest) {
    for await (const _ of atMost(delivery.bytes, room.largestFrame));
    return false;
  }
  const arrived = join(unfinishedFolder(room.folder), randomUUID());
  try {
    await writeVerified(arrived, delivery.digest, atMost(delivery.bytes, room.largestFrame));
    const path = jobPaths(room.folder, delivery.job).frame(first.frame, first.extension);
    const wanted = { kind: 'rgba64le', background: '#000000' } as const;
    return await room.turns(async () => {
      const kept = await room.decoders.pixels(path, first.extension, wanted).catch(() => null);
      const other = await room.decoders.pixels(arrived, delivery.extension, wanted).catch(() => null);
      if (kept === null) return false;
      return other === null || other.width !== kept.width || !other.data.equals(kept.data);
    });
  } finally {
    await rm(arrived, { force: true });
  }
}

async function keepFirst(
  room: ReceivingRoom,
  delivery: Delivery,
  file: CheckedFile | null,
  differs: boolean,
): Promise<FrameReceipt> {
  const { frame, digest } = delivery;
  const receipt = await room.shelf.use(delivery.job, (job) =>
    job.inTurn(frame, async () => {
      const first = file ? await job.stays(delivery) : await job.kept(frame);
      if (first) {
        if (differs)
          room.log.warn(
            { job: delivery.job, frame, kept: first.digest, refused: digest, worker: delivery.worker },
            'a frame came twice with different pixels; the first is kept',
          );
        await note(job, delivery, first, null, differs);
        return { digest: first.digest, kept: false };
      }
      if (!file) throw new FarmError('blob.cut-short', { digest, got: 0, size: 0 });
      await store(room, job, delivery, file);
      return { digest, kept: true };
    }),
  );
  room.onStored(delivery.job, frame);
  return receipt;
}

async function store(
  room: ReceivingRoom,
  job: GatheredJob,
  delivery: Delivery,
  { arrived, thumbnail, seen }: CheckedFile,
): Promise<void> {
  const { frame, digest, extension } = delivery;
  const path = job.paths.frame(frame, extension);
  try {
    const { size } = await stat(arrived);
    await moveIntoPlace(arrived, path);
    await note(job, delivery, { frame, digest, size, extension }, seen, false, delivery.replace);
  } catch (error) {
    await rm(path, { force: true });
    if (!isDiskFull(error)) throw error;
    throw new FarmError('disk.full', { folder: room.folder }, { cause: error });
  }
  if (thumbnail)
    await replaceFile(job.paths.thumbnail(frame), thumbnail).catch((error: unknown) =>
      room.log.warn({ err: error, job: delivery.job, frame }, 'the thumbnail could not be kept'),
    );
}

async function note(
  job: GatheredJob,
  delivery: Delivery,
  kept: KeptFrame,
  seen: SeenThumbnail | null,
  differs: boolean,
  replaced = false,
): Promise<void> {
  const { lease, worker, seconds, memory } = delivery;
  const unlike = seen ? job.neighbours.add(kept.frame, seen.print) : [];
  await job.index.add(
    {
      kind: 'frame',
      job: delivery.job,
      frame: kept.frame,
      digest: kept.digest,
      size: kept.size,
      lease,
      worker,
      seconds,
      memory,
      ...(seen?.look ? { look: seen.look } : {}),
      ...(unlike.length === 0 ? {} : { unlike }),
      ...(differs ? { differs } : {}),
    },
    kept.extension,
    replaced,
  );
}

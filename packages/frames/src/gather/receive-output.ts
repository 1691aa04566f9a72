import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, FarmError, type FrameOutput, FrameOutputs } from '@akashganga/protocol';
import { writeVerified } from '@akashganga/storage';
import { type JobPaths, unfinishedFolder } from '../files/job-paths.ts';
import { moveIntoPlace } from '../files/move-into-place.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { Decoders } from '../pictures/decoder/decoders.ts';
import { readExrFile } from '../pictures/formats/exr-file.ts';
import type { PictureExtension } from '../pictures/picture-kinds.ts';
import type { ReceivingRoom } from './receive-frame.ts';

/** Beside which frame something came, and for which lease. */
interface Beside {
  readonly job: string;
  readonly frame: number;
  readonly lease: string | null;
  readonly replace: boolean;
}

/** A picture that came beside a frame, as it arrives. */
export interface OutputDelivery extends Beside {
  readonly name: string;
  readonly digest: Digest;
  readonly extension: PictureExtension;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Takes a picture that came beside a frame: compared with its digest, decoded, and stored under its human name. Of a
 * frame that is there already, the outputs are there too, and stay. Throws `render.bad-file`.
 */
export async function receiveOutput(room: ReceivingRoom, delivery: OutputDelivery): Promise<void> {
  const { job, frame, name, digest, extension, bytes } = delivery;
  if (await room.shelf.use(job, (gathered) => gathered.stays(delivery))) {
    for await (const _ of bytes);
    return;
  }
  const arrived = join(unfinishedFolder(room.folder), randomUUID());
  try {
    await writeVerified(arrived, digest, bytes);
    await room.turns(() => checkOutput(arrived, delivery, room.decoders));
    await room.shelf.use(job, (gathered) =>
      moveIntoPlace(arrived, gathered.paths.output(name, frame, extension)),
    );
  } finally {
    await rm(arrived, { force: true });
  }
}

// A file of several layers holds pictures that ffmpeg does not decode; that it is whole can be told of any.
async function checkOutput(path: string, delivery: OutputDelivery, decoders: Decoders): Promise<void> {
  const { frame, extension } = delivery;
  if (extension !== '.exr') {
    await decoders.check(path, { frame, extension, size: null });
    return;
  }
  const exr = await readExrFile(path).catch((cause: Error) => {
    throw new FarmError('render.bad-file', { frame, why: cause.message }, { cause });
  });
  if (!exr.whole) throw new FarmError('render.bad-file', { frame, why: 'it is cut short' });
}

/** Notes which pictures came beside a frame. Throws `render.no-file` when one of them is not stored. */
export async function noteOutputs(
  room: ReceivingRoom,
  beside: Beside,
  said: FrameOutputs,
): Promise<FrameOutputs> {
  const { job, frame } = beside;
  return room.shelf.use(job, async (gathered) => {
    const { paths } = gathered;
    if (await gathered.stays(beside)) return readOutputs(paths, frame);
    for (const output of said.outputs)
      if (!(await isStored(paths, frame, output))) throw new FarmError('render.no-file', { frame });
    await replaceFile(paths.outputList(frame), JSON.stringify(said), { durable: true });
    return said;
  });
}

async function isStored(paths: JobPaths, frame: number, output: FrameOutput): Promise<boolean> {
  const file = await stat(paths.output(output.name, frame, output.extension)).catch(() => null);
  return file?.size === output.size;
}

/** The pictures that came beside a frame; none for most. */
export async function readOutputs(paths: JobPaths, frame: number): Promise<FrameOutputs> {
  const text = await readFile(paths.outputList(frame), 'utf8').catch(() => '');
  const parsed = text === '' ? null : FrameOutputs.safeParse(JSON.parse(text));
  return parsed?.success ? parsed.data : { outputs: [] };
}

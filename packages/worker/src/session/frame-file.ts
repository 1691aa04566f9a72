import { constants } from 'node:fs';
import { type FileHandle, lstat, open, statfs } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import {
  FarmError,
  formatOfExtension,
  lookAtPicture,
  PICTURE_HEAD,
  PICTURE_TAIL,
  type PictureLook,
} from '@akashganga/protocol';
import type { RenderedFrame } from './session-words.ts';

/** A disk with less than this takes no picture. */
const FULL_BYTES = 64 * 1024;

// Windows has neither.
const { O_NOFOLLOW: NO_FOLLOW = 0, O_NONBLOCK: NO_WAIT = 0 } = constants;

const extensionPattern = /^\.[a-z0-9]{1,8}$/;

/** What a picture must be, as the probe told. */
export interface ExpectedFile {
  readonly width: number;
  readonly height: number;
  /** As `.png`. */
  readonly extension: string;
  /** Null where the format promises nothing. */
  readonly channels?: number | null;
  /** Bits of a channel. */
  readonly depth?: number | null;
}

export interface WantedFile {
  readonly output: string;
  readonly frame: number;
  readonly expect?: ExpectedFile | null | undefined;
}

/** Resolves when all files of an answered frame are what was asked for; throws as `requireFrameFile` does. */
export async function requireFiles(
  { file, extras }: Pick<RenderedFrame, 'file' | 'extras'>,
  wanted: WantedFile,
): Promise<void> {
  await requireFrameFile(file, wanted);
  for (const extra of extras) await requireExtraFile(extra.file, wanted);
}

/**
 * Resolves when `file` is what was asked for: `output` with an extension, a plain file, not empty, and by its first and
 * last bytes a whole picture of the format and size expected. The name comes from a process that has opened a
 * stranger's scene, and what it names leaves this computer: so no other name and no link. Throws `render.no-file`,
 * `render.not-a-picture`, `render.bad-file`, `render.wrong-size`, `render.wrong-pixels`, and `disk.full` where that is why it is empty.
 */
export async function requireFrameFile(file: string, wanted: WantedFile): Promise<void> {
  const { output, frame, expect = null } = wanted;
  if (!file.startsWith(output) || !extensionPattern.test(file.slice(output.length))) {
    const cause = new Error(`The driver named ${file} when asked for ${output}.`);
    throw new FarmError('render.no-file', { frame }, { cause });
  }
  // Neither a link that takes the file's place meanwhile is followed, nor does a pipe make anybody wait.
  const opened = await open(file, constants.O_RDONLY | NO_FOLLOW | NO_WAIT).catch(() => null);
  try {
    const found = await opened?.stat();
    if (!opened || !found?.isFile() || found.size === 0) throw await failureOfNoFile(output, frame);
    const look = await lookAtFile(opened, found.size);
    requirePicture(look, extname(file), frame, expect);
  } finally {
    await opened?.close();
  }
}

/** Blender says nothing of a disk that was full when the file was closed; the empty file is all there is to see. */
export async function failureOfNoFile(output: string, frame: number): Promise<FarmError> {
  const folder = dirname(output);
  const disk = await statfs(folder).catch(() => null);
  const isFull = disk !== null && disk.bavail * disk.bsize < FULL_BYTES;
  return isFull ? new FarmError('disk.full', { folder }) : new FarmError('render.no-file', { frame });
}

function requirePicture(
  look: PictureLook | null,
  extension: string,
  frame: number,
  expect: ExpectedFile | null,
): void {
  const format = formatOfExtension(extension);
  if ((expect && extension !== expect.extension) || (format !== null && look?.format !== format)) {
    const expected = formatOfExtension(expect?.extension ?? extension) ?? expect?.extension ?? extension;
    const found = look ? `a ${look.format} file` : `something else with the ending ${extension}`;
    throw new FarmError('render.not-a-picture', { frame, expected, found });
  }
  if (look && !look.isWhole) throw new FarmError('render.bad-file', { frame, why: 'it is cut short' });
  if (!expect || !look) return;
  requirePixels(look, frame, expect);
  if (look.width === null || look.height === null || expect.width === 0) return;
  if (look.width === expect.width && look.height === expect.height) return;
  const [found, expected] = [look, expect].map(({ width, height }) => `${width}x${height}`);
  throw new FarmError('render.wrong-size', { frame, found, expected });
}

// What a scene writes is as it was when it was examined; a script that acts at frames can change it.
function requirePixels(look: PictureLook, frame: number, expect: ExpectedFile): void {
  const { channels = null, depth = null } = expect;
  const isOther = (found: number | null, promised: number | null) =>
    found !== null && promised !== null && found !== promised;
  if (!isOther(look.channels, channels) && !isOther(look.depth, depth)) return;
  const words = (of: { channels: number | null; depth: number | null }) =>
    `${of.channels} channels of ${of.depth} bits`;
  throw new FarmError('render.wrong-pixels', {
    frame,
    found: words(look),
    expected: words({ channels, depth }),
  });
}

async function lookAtFile(opened: FileHandle, size: number): Promise<PictureLook | null> {
  const head = Buffer.alloc(Math.min(PICTURE_HEAD, size));
  const tail = Buffer.alloc(Math.min(PICTURE_TAIL, size));
  await opened.read(head, 0, head.length, 0);
  await opened.read(tail, 0, tail.length, size - tail.length);
  return lookAtPicture(head, tail, size);
}

const besideFrame = /^\.output-\d{1,4}\.[a-z0-9]{1,8}$/;

/** The same for a picture that came beside the frame: in the frame's own folder, under a name of its own. */
async function requireExtraFile(file: string, { output, frame }: WantedFile): Promise<void> {
  if (!file.startsWith(output) || !besideFrame.test(file.slice(output.length))) {
    const cause = new Error(`The driver named ${file} beside ${output}.`);
    throw new FarmError('render.no-file', { frame }, { cause });
  }
  const found = await lstat(file).catch(() => null);
  if (!found?.isFile() || found.size === 0) throw new FarmError('render.no-file', { frame });
}

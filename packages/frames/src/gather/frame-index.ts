import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Digest, FarmError, GatherReport } from '@akashganga/protocol';
import { isDiskFull, syncFolder } from '@akashganga/storage';
import { isPictureExtension, type PictureExtension } from '../pictures/picture-kinds.ts';

/** A frame that is stored and verified. */
export interface KeptFrame {
  readonly frame: number;
  readonly digest: Digest;
  readonly size: number;
  readonly extension: PictureExtension;
}

/** What the manager is told of a delivery. */
export type FrameReport = Extract<GatherReport, { kind: 'frame' }>;

/** A line: a report, and what the manager need not know. */
interface Line {
  readonly report: FrameReport;
  readonly extension: PictureExtension;
  /** The picture may have taken the place of another. */
  readonly replaced: boolean;
}

/**
 * The frames of one job: a file to which each delivery adds one line, which is its report and the
 * ending of its file. A later line about the same frame counts. A line is there when its newline is: what
 * a kill left torn at the end is cut off when the file is opened.
 *
 * In memory are only the facts of `KeptFrame`, about 250 bytes a frame.
 */
export class FrameIndex {
  readonly #path: string;
  readonly #frames = new Map<number, KeptFrame>();
  /** Frames and the leases that have replaced them: few, for a person asked for each. */
  readonly #replaced = new Set<string>();
  #length: number;
  #torn: boolean;
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;

  private constructor(path: string, length: number, torn: boolean) {
    this.#path = path;
    this.#length = length;
    this.#torn = torn;
  }

  /** An index without a file is empty; nothing is made before the first delivery. */
  static async open(path: string): Promise<FrameIndex> {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    const length = bytes.lastIndexOf(0x0a) + 1;
    const index = new FrameIndex(path, length, length < bytes.length);
    for (const line of linesOf(bytes.subarray(0, length))) index.#remember(line);
    return index;
  }

  /** Bytes of whole lines on disk. */
  get length(): number {
    return this.#length;
  }

  get(frame: number): KeptFrame | undefined {
    return this.#frames.get(frame);
  }

  /** Whether this lease, if it is one, has put its picture in the place of another already. */
  hasReplaced(frame: number, lease: string | null): boolean {
    return lease !== null && this.#replaced.has(`${frame} ${lease}`);
  }

  /** The frame's file is gone or damaged: whoever delivers it next is welcome. */
  drop(frame: number): void {
    this.#frames.delete(frame);
  }

  /** Resolves when the line is on disk; lines that arrive during a sync share the next one. Throws `disk.full`. */
  async add(report: FrameReport, extension: PictureExtension, replaced = false): Promise<void> {
    const line = { ...report, extension, ...(replaced ? { replaced } : {}) };
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    if (this.#writing) await this.#writing.catch(() => undefined);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
    this.#remember({ report, extension, replaced });
  }

  #remember({ report, extension, replaced }: Line): void {
    this.#frames.set(report.frame, keptFrame(report, extension));
    if (replaced) this.#replaced.add(`${report.frame} ${report.lease}`);
  }

  /** Reports of the file from a byte on, at most `count`, and the byte after them. */
  async read(from: number, count: number): Promise<{ reports: FrameReport[]; next: number }> {
    const start = Math.min(from, this.#length);
    const bytes = Buffer.alloc(Math.min(this.#length - start, count * 1024));
    const file = await open(this.#path, 'r');
    try {
      await file.read(bytes, 0, bytes.length, start);
    } finally {
      await file.close();
    }
    let end = 0;
    for (let lines = 0; lines < count; lines += 1) {
      const newline = bytes.indexOf(0x0a, end);
      if (newline < 0) break;
      end = newline + 1;
    }
    return {
      reports: Array.from(linesOf(bytes.subarray(0, end)), (line) => line.report),
      next: start + end,
    };
  }

  // Written at a known place, not appended: after a full disk the next try writes over the torn rest.
  async #write(): Promise<void> {
    const lines = Buffer.from(this.#waiting.splice(0).join(''));
    const made = await mkdir(dirname(this.#path), { recursive: true });
    try {
      const file = await open(this.#path, this.#length === 0 ? 'w' : 'r+', 0o644);
      try {
        if (this.#torn) await file.truncate(this.#length);
        this.#torn = true;
        await writeAt(file, lines, this.#length);
        await file.sync();
        this.#torn = false;
      } finally {
        await file.close();
      }
    } catch (error) {
      throw isDiskFull(error)
        ? new FarmError('disk.full', { folder: dirname(this.#path) }, { cause: error })
        : error;
    }
    if (this.#length === 0) await syncFolder(dirname(this.#path));
    if (made !== undefined) await syncFolder(dirname(dirname(this.#path)));
    this.#length += lines.length;
  }
}

async function writeAt(
  file: Awaited<ReturnType<typeof open>>,
  bytes: Buffer,
  position: number,
): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}

function keptFrame(report: FrameReport, extension: PictureExtension): KeptFrame {
  return { frame: report.frame, digest: report.digest, size: report.size, extension };
}

// A line that is not ours is passed over: its frame is delivered again rather than the whole job lost.
function* linesOf(bytes: Buffer): Generator<Line> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const line = parseLine(bytes.toString('utf8', at, end));
    if (line) yield line;
    at = end + 1;
  }
}

function parseLine(text: string): Line | null {
  try {
    const value = JSON.parse(text) as { extension?: unknown; replaced?: unknown };
    const report = GatherReport.safeParse(value);
    if (!report.success || report.data.kind !== 'frame' || !isPictureExtension(value.extension)) return null;
    return { report: report.data, extension: value.extension, replaced: value.replaced === true };
  } catch {
    return null;
  }
}

import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Look } from '@akashganga/protocol';
import type { ExpectedPicture } from '../check-picture.ts';
import type { ExrWish } from '../formats/view-exr-file.ts';
import type { PictureExtension } from '../picture-kinds.ts';
import type { PixelKind } from '../pixels.ts';
import type { WantedPixels } from '../read-pixels.ts';

/** What a decoder is asked. */
export type Question =
  | { readonly do: 'view'; readonly path: string; readonly wish: ExrWish }
  | { readonly do: 'check'; readonly path: string; readonly expected: ExpectedPicture }
  | {
      readonly do: 'pixels';
      readonly path: string;
      readonly extension: PictureExtension;
      readonly wanted: WantedPixels;
    };

/** What it answers; bytes of a thumbnail or of pixels follow. */
export type Answer =
  | {
      readonly is: 'checked';
      readonly hasThumbnail: boolean;
      readonly seen: { readonly look: Look | null; readonly print: readonly number[] } | null;
    }
  | {
      readonly is: 'viewed';
      readonly width: number;
      readonly height: number;
      readonly layers: readonly string[];
    }
  | { readonly is: 'pixels'; readonly width: number; readonly height: number; readonly kind: PixelKind }
  | { readonly is: 'refused'; readonly code: string | null; readonly details: object; readonly why: string };

const HEAD = 8;
const LARGEST_WORDS = 1 << 20;

/** Words and bytes on a pipe: two lengths of four bytes, JSON, the bytes. Waits where the other side is slow. */
export async function writeMessage(
  to: Writable,
  words: object,
  bytes: Buffer = Buffer.alloc(0),
): Promise<void> {
  const text = Buffer.from(JSON.stringify(words));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(bytes.length, 4);
  to.write(Buffer.concat([head, text]));
  if (bytes.length > 0 && !to.write(bytes)) await once(to, 'drain');
}

/** The messages of a pipe, one after the other. Throws an `Error` for what is none, and for more bytes than `most`. */
export async function* readMessages(
  from: Readable,
  most: number,
): AsyncGenerator<{ words: unknown; bytes: Buffer }> {
  const pieces = new Pieces(from);
  for (;;) {
    const head = await pieces.take(HEAD);
    if (!head) return;
    const [words, bytes] = [head.readUInt32LE(0), head.readUInt32LE(4)];
    if (words > LARGEST_WORDS || bytes > most) throw new Error('it said more than it may');
    const text = await pieces.take(words);
    const body = await pieces.take(bytes);
    if (!text || !body) return;
    yield { words: JSON.parse(text.toString('utf8')), bytes: body };
  }
}

/** A stream in portions of one's own; large ones are put together in one buffer that is made once. */
class Pieces {
  readonly #stream: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#stream = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Null when the stream ends before that. */
  async take(size: number): Promise<Buffer | null> {
    const taken = Buffer.allocUnsafe(size);
    for (let filled = 0; filled < size; ) {
      if (this.#rest.length === 0) {
        const next = await this.#stream.next();
        if (next.done) return null;
        this.#rest = next.value;
      }
      const copied = this.#rest.copy(taken, filled);
      filled += copied;
      this.#rest = this.#rest.subarray(copied);
    }
    return taken;
  }
}

import { open } from 'node:fs/promises';
import { lookAtPicture, PICTURE_HEAD, PICTURE_TAIL } from '@akashganga/protocol';

/**
 * False when the file lacks its end. A decoder has all pixels of a PNG before it meets the last chunk, so it
 * does not miss that one; the other formats' decoders do.
 */
export async function endsWhole(path: string, format: string): Promise<boolean> {
  if (format !== 'png') return true;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const [head, tail] = [
      Buffer.alloc(Math.min(PICTURE_HEAD, size)),
      Buffer.alloc(Math.min(PICTURE_TAIL, size)),
    ];
    await file.read(head, 0, head.length, 0);
    await file.read(tail, 0, tail.length, size - tail.length);
    return lookAtPicture(head, tail, size)?.isWhole ?? false;
  } finally {
    await file.close();
  }
}

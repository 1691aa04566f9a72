import { open } from 'node:fs/promises';

// "The IEND chunk must appear LAST. It marks the end of the PNG datastream" (PNG, 11.2.5): no bytes, its
// name and its checksum.
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

/**
 * False when the file lacks its end. A decoder has all pixels of a PNG before it meets the last chunk, so it
 * does not miss that one; the other formats' decoders do.
 */
export async function endsWhole(path: string, format: string): Promise<boolean> {
  if (format !== 'png') return true;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(PNG_END.length);
    await file.read(tail, 0, tail.length, Math.max(0, size - tail.length));
    return tail.equals(PNG_END);
  } finally {
    await file.close();
  }
}

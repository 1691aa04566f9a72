import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FrameServerId } from '@akashganga/protocol';
import { replaceFile } from './files/replace-file.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** An id nobody else has: the prefix and 10 letters, 50 random bits. */
export function drawId(prefix: string, random: (bytes: number) => Uint8Array = randomBytes): string {
  return prefix + Array.from(random(10), (byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
}

/** The frame server's id, the same at each start in this folder. */
export async function readIdentity(folder: string): Promise<string> {
  const path = join(folder, 'identity.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  const kept = FrameServerId.safeParse(idOf(text));
  if (kept.success) return kept.data;
  const id = drawId('fs-');
  await replaceFile(path, `${JSON.stringify({ id })}\n`, { durable: true });
  return id;
}

function idOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { id?: unknown }).id;
  } catch {
    return undefined;
  }
}

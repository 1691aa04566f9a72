import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkerId } from '@akashganga/protocol';
import { z } from 'zod';

const Identity = z.object({ id: WorkerId });

/** This worker's id: drawn once, kept in its folder, so the farm knows it again. */
export async function readIdentity(folder: string): Promise<string> {
  const path = join(folder, 'identity.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const known = Identity.safeParse(parseJson(text));
  if (known.success) return known.data.id;
  const id = `w-${randomBytes(6).toString('hex')}`;
  await writeFile(`${path}.new`, JSON.stringify({ id }));
  await rename(`${path}.new`, path);
  return id;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '@akashganga/storage';
import type { z } from 'zod';

/** What a file of ours holds, or null when it is not there or holds something else. */
export async function readSecretFile<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** Writes it whole or not at all. It may hold a key, so it is the owner's alone. */
export async function writeSecretFile(path: string, value: object): Promise<void> {
  await makeFolder(dirname(path));
  await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

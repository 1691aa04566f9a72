import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const SlotRecord = z.object({
  key: z.string(),
  rates: z.array(
    z.object({
      slots: z.number().int().min(1),
      threads: z.number().int().min(1),
      framesPerSecond: z.number().positive(),
    }),
  ),
});
export type SlotRecord = z.infer<typeof SlotRecord>;

/** What was measured on this computer, kept in a worker's folder; null if nothing was, or under another key. */
export async function readSlotRecord(folder: string, key: string): Promise<SlotRecord | null> {
  const text = await readFile(pathIn(folder), 'utf8').catch(() => 'null');
  try {
    const record = SlotRecord.parse(JSON.parse(text));
    return record.key === key ? record : null;
  } catch {
    return null;
  }
}

export async function writeSlotRecord(folder: string, record: SlotRecord): Promise<void> {
  await writeFile(`${pathIn(folder)}.new`, JSON.stringify(record));
  await rename(`${pathIn(folder)}.new`, pathIn(folder));
}

function pathIn(folder: string): string {
  return join(folder, 'slots.json');
}

import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GpuCard } from '@akashganga/protocol';
import { z } from 'zod';
import { graphicsDevices } from '../sandbox/index.ts';
import type { FoundBlender } from '../session/index.ts';

const CardRecord = z.object({ key: z.string(), cards: z.array(GpuCard).max(64) });

/** The cards as a worker in this folder last found and tried them; null when it never did. */
export async function readCards(folder: string): Promise<GpuCard[] | null> {
  return (await readRecord(folder))?.cards ?? null;
}

/** The same, if nothing they depend on has changed since. A card that failed is not remembered: it may be mended. */
export async function readSameCards(folder: string, key: string): Promise<GpuCard[] | null> {
  const record = await readRecord(folder);
  const isSame = record?.key === key && record.cards.every((card) => card.problem === null);
  return isSame ? record.cards : null;
}

export async function writeCards(folder: string, key: string, cards: readonly GpuCard[]): Promise<void> {
  const path = recordPath(folder);
  await writeFile(`${path}.new`, JSON.stringify({ key, cards }));
  await rename(`${path}.new`, path);
}

async function readRecord(folder: string) {
  const text = await readFile(recordPath(folder), 'utf8').catch(() => 'null');
  try {
    return CardRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function recordPath(folder: string): string {
  return join(folder, 'cards.json');
}

/** Where Linux says which release of a graphics driver runs. */
const driverVersions = [
  '/proc/driver/nvidia/version',
  '/sys/module/nvidia/version',
  '/sys/module/amdgpu/version',
  '/proc/version',
];

/** What the cards and what they can do depend on: the Blender, the drivers, the device files. */
export async function cardsKey(blender: FoundBlender): Promise<string> {
  const file = await stat(blender.path).catch(() => null);
  const drivers = await Promise.all(driverVersions.map((path) => readFile(path, 'utf8').catch(() => '')));
  const about = [blender.path, blender.version, file?.mtimeMs ?? 0, drivers, await graphicsDevices()];
  return JSON.stringify(about);
}

import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundBlender, Sandbox } from '@akashganga/worker';
import type { Logger } from 'pino';

const GIB = 1024 ** 3;
/** Set aside for each slot, which holds a scene of its own. */
const SLOT_BYTES = 4 * GIB;
/** How often it is looked whether work came, and how often there must be none before a trial begins. */
const LOOK_MS = 250;
const RESTED_LOOKS = 8;

export interface SlotsOptions {
  /** The worker's. */
  readonly folder: string;
  readonly blenders: readonly FoundBlender[];
  readonly sandbox: Sandbox;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

export interface Slots {
  readonly slots: number;
  readonly threads: number;
}

/** How many slots this computer's worker has, and how wide: as was measured here with this Blender before, else by a rule. */
export async function slotsHere(options: SlotsOptions): Promise<Slots & { readonly isMeasured: boolean }> {
  const cores = availableParallelism();
  const slots = defaultSlots(cores, totalmem());
  const byRule = { slots, threads: Math.max(1, Math.floor(cores / slots)) };
  const [blender] = options.blenders;
  const { chooseSlots, readSlotRecord } = await import('@akashganga/worker');
  const known = blender && (await readSlotRecord(options.folder, recordKey(blender)));
  const measured = known ? chooseSlots(known.rates) : null;
  return { ...(measured ?? byRule), isMeasured: measured !== null };
}

export interface MeasureOptions extends SlotsOptions {
  /** Called before the first try. */
  readonly onMeasure: () => void;
  /** Whether the worker has frames to render, which come first. */
  readonly hasWork: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Measures this computer while its worker has nothing to do, which takes half a minute, and remembers it. Given up when
 * work comes, and begun again after it. Null when there is nothing to measure with, or it cannot be done.
 */
export async function measureMeanwhile(options: MeasureOptions): Promise<Slots | null> {
  const { blenders, signal, hasWork, onMeasure, log } = options;
  const [blender] = blenders;
  if (!blender) return null;
  let isFirst = true;
  while (await hasRested(hasWork, signal)) {
    if (isFirst) onMeasure();
    isFirst = false;
    const hurry = new AbortController();
    const watch = setInterval(() => hasWork() && hurry.abort(), LOOK_MS);
    try {
      return await measure(options, blender, AbortSignal.any([signal, hurry.signal]));
    } catch (error) {
      if (signal.aborted || hurry.signal.aborted) continue;
      log.warn({ error }, 'how many slots are best could not be measured');
      return null;
    } finally {
      clearInterval(watch);
    }
  }
  return null;
}

/** Waits until there was no work for a moment; false when it is to be waited for no longer. */
async function hasRested(hasWork: () => boolean, signal: AbortSignal): Promise<boolean> {
  for (let looks = 0; looks < RESTED_LOOKS && !signal.aborted; looks = hasWork() ? 0 : looks + 1)
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

async function measure(
  { folder, sandbox, environment, log }: SlotsOptions,
  blender: FoundBlender,
  signal: AbortSignal,
): Promise<Slots | null> {
  const { chooseSlots, measureSlots, writeSlotRecord } = await import('@akashganga/worker');
  const rates = await measureSlots({
    ...{ blender: blender.path, sandbox, environment, signal },
    ...{ cores: availableParallelism(), most: mostSlots(totalmem()) },
    folder: join(folder, 'slots', 'trials'),
  });
  await writeSlotRecord(folder, { key: recordKey(blender), rates });
  log.info({ rates }, 'this computer was measured');
  return chooseSlots(rates);
}

function recordKey({ path, version }: FoundBlender): string {
  return JSON.stringify([path, version, availableParallelism(), mostSlots(totalmem())]);
}

function mostSlots(memory: number): number {
  return Math.max(1, Math.min(32, Math.floor(memory / SLOT_BYTES)));
}

/**
 * Without a measurement: two slots keep the cores busy while one frame is being synced or saved; each more wants 8 cores,
 * and each slot holds a scene of its own. bench/overhead has the figures.
 */
export function defaultSlots(cores: number, memory: number): number {
  const byCores = cores < 2 ? 1 : Math.max(2, Math.floor(cores / 8));
  return Math.max(1, Math.min(byCores, Math.floor(memory / SLOT_BYTES)));
}

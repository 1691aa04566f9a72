import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { FoundBlender, Sandbox } from '@akashganga/worker';
import type { Logger } from 'pino';

const GIB = 1024 ** 3;
/** Set aside for each slot, which holds a scene of its own. */
const SLOT_BYTES = 4 * GIB;

export interface SlotsOptions {
  /** The worker's. */
  readonly folder: string;
  readonly blenders: readonly FoundBlender[];
  readonly sandbox: Sandbox;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Called before a computer is measured that was not yet; null: it is not. */
  readonly onMeasure: (() => void) | null;
}

export interface Slots {
  readonly slots: number;
  readonly threads: number;
}

/**
 * How many slots this computer's worker has, and how wide: as it was measured here with this Blender, which is done once
 * and takes half a minute, and otherwise by a rule.
 */
export async function slotsHere(options: SlotsOptions): Promise<Slots> {
  const cores = availableParallelism();
  const slots = defaultSlots(cores, totalmem());
  const byRule = { slots, threads: Math.max(1, Math.floor(cores / slots)) };
  const [blender] = options.blenders;
  if (!blender) return byRule;
  try {
    return (await measuredSlots(options, blender, cores)) ?? byRule;
  } catch (error) {
    options.log.warn({ error }, 'how many slots are best could not be measured');
    return byRule;
  }
}

async function measuredSlots(options: SlotsOptions, blender: FoundBlender, cores: number) {
  const { folder, sandbox, environment, log, onMeasure } = options;
  const { chooseSlots, measureSlots, readSlotRecord, writeSlotRecord } = await import('@akashganga/worker');
  const most = mostSlots(totalmem());
  const key = JSON.stringify([blender.path, blender.version, cores, most]);
  const known = await readSlotRecord(folder, key);
  if (known || !onMeasure) return known && chooseSlots(known.rates);
  onMeasure();
  const rates = await measureSlots({
    ...{ blender: blender.path, sandbox, environment, cores, most, signal: new AbortController().signal },
    folder: join(folder, 'slots', 'trials'),
  });
  await writeSlotRecord(folder, { key, rates });
  log.info({ rates }, 'this computer was measured');
  return chooseSlots(rates);
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

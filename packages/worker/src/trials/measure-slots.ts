import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SceneSettings } from '../session/index.ts';
import { inBlender, type TrialOptions } from './in-blender.ts';

/** How many slots of how many threads each, and what they rendered together. */
export interface SlotRate {
  readonly slots: number;
  readonly threads: number;
  readonly framesPerSecond: number;
}

export interface MeasureSlotsOptions extends TrialOptions {
  readonly cores: number;
  /** Slots at most: each holds a scene. */
  readonly most: number;
}

/** A light frame, of which the parts that one thread does alone are a good deal: a third of a second on one core. */
const LIGHT: SceneSettings = { engine: 'CYCLES', samples: 8, scale: 15, denoise: false };
const FRAMES = 6;
/** Fewer slots are worth so much: each holds a scene, and the last frames of a job are done sooner by a wide one. */
const AS_GOOD = 0.95;

/**
 * Renders a light scene with one slot of all threads, two of half as many, and so on. About five seconds a step, and a start
 * of Blender for each slot of it. Throws what keeps Blender from starting or rendering.
 */
export async function measureSlots(options: MeasureSlotsOptions): Promise<SlotRate[]> {
  const rates: SlotRate[] = [];
  try {
    for (let slots = 1; slots <= Math.min(options.cores, options.most); slots *= 2)
      rates.push(await measureOne(options, slots));
    return rates;
  } finally {
    await rm(options.folder, { recursive: true, force: true });
  }
}

/** The fewest slots that render nearly as much as the best. */
export function chooseSlots(rates: readonly SlotRate[]): SlotRate | null {
  const best = Math.max(...rates.map((rate) => rate.framesPerSecond));
  return rates.find((rate) => rate.framesPerSecond >= AS_GOOD * best) ?? null;
}

async function measureOne(options: MeasureSlotsOptions, slots: number): Promise<SlotRate> {
  const threads = Math.max(1, Math.floor(options.cores / slots));
  let waiting = slots;
  let began = 0;
  let start: () => void = () => undefined;
  let giveUp: (error: unknown) => void = () => undefined;
  const together = new Promise<void>((go, fail) => {
    start = go;
    giveUp = fail;
  });
  const one = (_: unknown, slot: number) =>
    inBlender(options, { name: `slots-${slots}-${slot}`, slot }, async (session, frames) => {
      await session.apply({ ...LIGHT, threads });
      const render = (frame: number) => session.render({ frame, output: join(frames, String(frame)) });
      await render(1);
      waiting -= 1;
      if (waiting === 0) {
        began = performance.now();
        start();
      }
      await together;
      for (let frame = 2; frame <= FRAMES + 1; frame += 1) await render(frame);
    }).catch((error: unknown) => {
      giveUp(error);
      throw error;
    });
  await Promise.all(Array.from({ length: slots }, one));
  return { slots, threads, framesPerSecond: (slots * FRAMES * 1000) / (performance.now() - began) };
}

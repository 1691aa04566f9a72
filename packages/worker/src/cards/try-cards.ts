import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError, type GpuCard, type GpuDevice, toProblem } from '@akashganga/protocol';
import type { SceneSettings, Session } from '../session/index.ts';
import { inBlender, type TrialOptions } from '../trials/in-blender.ts';

/** The cube, lamp and camera that every Blender starts with, as 38 by 21 pixels. */
const TRIAL: SceneSettings = { engine: 'CYCLES', samples: 64, scale: 2, threads: 1, denoise: false };
const FRAME = 1;
/**
 * How far a channel of a pixel, 0 to 1, may be from the processor's picture. A card draws the same samples and rounds
 * otherwise; what other seeds made of this scene on a processor differed by at most 0.043 (Blender 3.4.1).
 */
const MOST_DIFFERENCE = 0.2;

/**
 * The graphics cards that Cycles sees, each once, and for each what became of a small picture rendered on it: one that
 * fails, or whose picture is not the processor's, has a problem. Each card is tried in a Blender of its own, so that one
 * that ends Blender takes no other with it. Costs a start of Blender, and one more a card; kernels that a driver makes
 * first can take minutes. Throws what keeps Blender from starting.
 */
export async function tryCards(options: TrialOptions): Promise<GpuCard[]> {
  const { folder } = options;
  const compare = join(folder, 'processor.png');
  try {
    const devices = await inBlender(options, { name: 'cards' }, async (session, frames) => {
      const found = await session.devices();
      if (found.length === 0) return found;
      await session.apply(TRIAL);
      await copyFile(await trialFrame(session, frames), compare);
      return found;
    });
    const cards: GpuCard[] = [];
    for (const [number, device] of devices.entries())
      cards.push(await tryCard(options, device, number, compare));
    return cards;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryCard(
  options: TrialOptions,
  device: GpuDevice,
  number: number,
  compare: string,
): Promise<GpuCard> {
  try {
    await inBlender(options, { name: `card-${number}` }, async (session, frames) => {
      await session.apply({ ...TRIAL, device });
      const made = await trialFrame(session, frames);
      const expected = join(frames, 'processor.png');
      await copyFile(compare, expected);
      const { most } = await session.compare(expected, made);
      if (most === null || most > MOST_DIFFERENCE)
        throw new FarmError('machine.gpu-failed', { why: 'it renders another picture than the processor' });
    });
    return { ...device, problem: null };
  } catch (error) {
    options.signal.throwIfAborted();
    return { ...device, problem: toProblem(error, 'machine.gpu-failed') };
  }
}

async function trialFrame(session: Session, frames: string): Promise<string> {
  const { file } = await session.render({ frame: FRAME, output: join(frames, 'trial') });
  return file;
}

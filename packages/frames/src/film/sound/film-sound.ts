import { rm } from 'node:fs/promises';
import type { FarmClient } from '@akashganga/client';
import { type EncodeOrder, FarmError } from '@akashganga/protocol';
import { countPackets } from '../check/count-frames.ts';
import type { Fraction } from '../encoder/exact-rate.ts';
import { addSound } from './add-sound.ts';
import { fetchSound } from './fetch-sound.ts';
import { soundRanges } from './sound-ranges.ts';
import { soundRecipes } from './sound-recipes.ts';

export interface SoundRoom {
  readonly ffmpeg: string;
  /** The manager, which has the sound. */
  readonly client: FarmClient;
  readonly encoders: ReadonlySet<string>;
  readonly rate: Fraction;
}

/** A film with its sound is at `path`; or it is as it was, and `notes` say why. */
export interface WithSound {
  readonly path: string;
  readonly notes: readonly string[];
}

/**
 * Puts the sound of an order to a film that is made and counted. What is wrong with the sound spoils no film: it stays
 * without, and says so. Throws only the reason of `signal`.
 */
export async function filmSound(
  order: EncodeOrder,
  frames: readonly number[],
  silent: string,
  room: SoundRoom,
  signal: AbortSignal,
): Promise<WithSound> {
  if (order.sound === null) return { path: silent, notes: [] };
  const file = `${silent}.sound`;
  const target = `${silent}.heard.${order.container}`;
  try {
    await join(order, frames, { silent, file, target }, room, signal);
    return { path: target, notes: [] };
  } catch (error) {
    signal.throwIfAborted();
    await rm(target, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    return { path: silent, notes: [`It has no sound: ${why}`.slice(0, 500)] };
  } finally {
    await rm(file, { force: true });
  }
}

async function join(
  { sound, container }: EncodeOrder,
  frames: readonly number[],
  paths: { readonly silent: string; readonly file: string; readonly target: string },
  { ffmpeg, client, encoders, rate }: SoundRoom,
  signal: AbortSignal,
): Promise<void> {
  if (sound === null) return;
  if ('failed' in sound) throw new Error(sound.failed);
  const recipe = soundRecipes[container];
  if (!recipe) throw new Error(`a ${container} has none.`);
  const encoder = recipe.encoders.find((name) => encoders.has(name));
  if (!encoder) throw new FarmError('machine.no-encoder', { container, encoders: recipe.encoders });
  const ranges = soundRanges(frames, sound.first, rate, recipe.rate);
  if (!ranges) throw new Error('its frames do not follow each other.');
  await fetchSound(client, sound.manifest, paths.file, signal);
  const tempo = sound.rate ? (rate.numerator / rate.denominator / sound.rate.fps) * sound.rate.base : 1;
  const film = { path: paths.silent, container, rate };
  const heard = { path: paths.file, ranges, encoder, samplesPerSecond: recipe.rate };
  await addSound(
    ffmpeg,
    film,
    { ...heard, tempo: Math.abs(tempo - 1) < 1e-4 ? 1 : tempo },
    paths.target,
    signal,
  );
  const counted = await countPackets(ffmpeg, paths.target, signal);
  if (counted !== frames.length) throw new Error(`with it the film has ${counted} frames.`);
}

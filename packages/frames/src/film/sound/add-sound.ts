import { type Container, FarmError } from '@akashganga/protocol';
import { runFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import { encode } from '../encode.ts';
import type { Fraction } from '../encoder/exact-rate.ts';
import { filmRecipes } from '../encoder/film-recipes.ts';
import { cutSound } from './cut-sound.ts';
import type { SoundRange } from './sound-ranges.ts';

export interface FilmSound {
  /** Any file with sound that ffmpeg reads. */
  readonly path: string;
  readonly ranges: readonly SoundRange[];
  /** How much faster than it was recorded it is played; its pitch stays. */
  readonly tempo: number;
  readonly samplesPerSecond: number;
  readonly encoder: string;
}

export interface SilentFilm {
  readonly path: string;
  readonly container: Container;
  readonly rate: Fraction;
}

/** For the decoder, which gets a file that may come from anywhere. Bytes. */
const SOUND_MEMORY = 2 ** 30;
const CHANNELS = 2;
const SAMPLE_BYTES = 2 * CHANNELS;
/** Files that hold what they are, and name no others. */
const HARMLESS =
  'wav,w64,flac,ogg,mp3,aac,ac3,aiff,caf,au,amr,wv,tta,matroska,webm,mov,mp4,m4a,avi,asf,mpeg,flv';

/** Writes the film to `target` with its pictures as they are, and the sound. Throws `film.failed`. */
export async function addSound(
  ffmpeg: string,
  film: SilentFilm,
  sound: FilmSound,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const { samplesPerSecond, ranges, encoder } = sound;
  const raw = ['-f', 's16le', '-ar', String(samplesPerSecond), '-ac', String(CHANNELS)];
  const whitelist = ['-format_whitelist', HARMLESS, '-protocol_whitelist', 'file'];
  const read = [...whitelist, '-i', `file:${sound.path}`, '-map', '0:a:0', ...tempoFilter(sound.tempo)];
  const over = AbortSignal.any([stop.signal, signal]);
  const decoding = runFfmpeg(ffmpeg, [...read, ...raw, 'pipe:1'], over, { memory: SOUND_MEMORY });
  decoding.stdin.end();
  const recipe = filmRecipes[film.container];
  const write = [
    ...['-i', `file:${film.path}`, ...raw, '-i', 'pipe:0'],
    ...['-map', '0:v:0', '-map', '1:a:0', '-c:v', 'copy', '-c:a', encoder, '-b:a', '192k'],
    ...(recipe.timeScale ? ['-video_track_timescale', String(film.rate.numerator)] : []),
    ...[...recipe.args, '-f', recipe.format, '-y', `file:${target}`],
  ];
  let got = 0;
  async function* samples() {
    for await (const data of cutSound(heard(), ranges, SAMPLE_BYTES)) yield { data };
  }
  async function* heard(): AsyncGenerator<Uint8Array> {
    for await (const piece of decoding.stdout) {
      got += (piece as Uint8Array).length;
      yield piece as Uint8Array;
    }
    const { ok, said } = await decoding.ended;
    if (!ok || got === 0) throw new FarmError('film.failed', { why: `it cannot be read: ${said}` });
  }
  try {
    await encode(ffmpeg, write, samples(), signal, { writes: true });
  } finally {
    stop.abort();
    await decoding.ended;
  }
}

// One filter takes from half to a hundred times the speed.
function tempoFilter(tempo: number): string[] {
  if (tempo === 1) return [];
  const steps: number[] = [];
  let left = tempo;
  for (; left < 0.5; left /= 0.5) steps.push(0.5);
  return ['-af', [...steps, left].map((step) => `atempo=${step}`).join(',')];
}

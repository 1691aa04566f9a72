import type { Container } from '@akashganga/protocol';

/** How a container keeps sound: with the first of these encoders that ffmpeg has. */
interface SoundRecipe {
  readonly encoders: readonly string[];
  /** Samples a second. FLV knows 44,100 and its fractions only. */
  readonly rate: 44_100 | 48_000;
}

/** Null for a container that has no sound. */
export const soundRecipes: Readonly<Record<Container, SoundRecipe | null>> = {
  mp4: { encoders: ['aac'], rate: 48_000 },
  mov: { encoders: ['aac'], rate: 48_000 },
  mkv: { encoders: ['aac'], rate: 48_000 },
  webm: { encoders: ['libopus', 'libvorbis'], rate: 48_000 },
  mpg: { encoders: ['mp2'], rate: 48_000 },
  flv: { encoders: ['libmp3lame', 'aac'], rate: 44_100 },
  wmv: { encoders: ['wmav2'], rate: 48_000 },
  // An AVI cannot say that a codec begins late: MP3 would be 23 ms behind the pictures, MP2 10, a frame at 60 a second.
  avi: { encoders: ['pcm_s16le'], rate: 48_000 },
  gif: null,
};

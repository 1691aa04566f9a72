import { z } from 'zod';
import { Digest } from '../digest.ts';
import { Container } from '../film-containers.ts';
import { FilmSettings } from './film-settings.ts';

/** Pictures a second as a fraction, as Blender keeps it: 30 / 1.001. */
export const Rate = z.object({
  fps: z.number().positive().max(100_000),
  base: z.number().positive().max(1000),
});
export type Rate = z.infer<typeof Rate>;

export const FilmState = z.enum(['none', 'waiting', 'encoding', 'done', 'failed']);
export type FilmState = z.infer<typeof FilmState>;

export const Film = z
  .object({
    container: Container,
    rate: Rate.nullable(),
    state: FilmState,
    digest: Digest.nullable(),
    size: z.number().int().nonnegative().nullable(),
    frames: z.number().int().nonnegative().nullable(),
    settings: FilmSettings.default({}),
    marked: z
      .string()
      .nullable()
      .default(null)
      .meta({ description: 'Frames that failed, and have a marked picture in the film' }),
    notes: z
      .array(z.string().max(500))
      .max(20)
      .default([])
      .meta({ description: 'What to know of the film, as that transparency became black' }),
    psnr: z.number().nullable().default(null).meta({
      description: 'How near its pictures are to the frames, in dB; null when they are the same',
    }),
  })
  .meta({ id: 'Film' });
export type Film = z.infer<typeof Film>;

/** A film as it is asked for. `fps` null: the scene's rate. */
export const FilmWish = z
  .object({
    container: Container,
    fps: z.number().positive().max(1000).nullable().default(null),
    film: FilmSettings.default({}),
  })
  .meta({ id: 'FilmWish' });
export type FilmWish = z.infer<typeof FilmWish>;

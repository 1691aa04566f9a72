import { z } from 'zod';
import { FarmError } from '../farm-error.ts';
import type { Container } from '../film-containers.ts';
import { containerCodecs, presetCodecs } from './film-tables.ts';
import { SoundWish } from './sound.ts';

/** How the pictures of a film are kept. */
export const FilmCodec = z.enum([
  ...['h264', 'h265', 'av1', 'vp9', 'vp8', 'prores', 'ffv1'],
  ...['mpeg2', 'mpeg4', 'mjpeg', 'wmv', 'sorenson', 'gif'],
] as const);
export type FilmCodec = z.infer<typeof FilmCodec>;

/** What a film is for: to be sent around, to be looked at, to be edited, to be kept without any loss. */
export const FilmPreset = z.enum(['web', 'review', 'master', 'archive']);
export type FilmPreset = z.infer<typeof FilmPreset>;

/** The size of a film's pictures: one side may follow from the other, or both from a percentage of the frames. */
export const FilmSize = z.union([
  z.object({ percent: z.number().min(1).max(400) }),
  z.object({ width: z.number().int().min(1).max(16_384), height: z.number().int().min(1).max(16_384) }),
  z.object({ width: z.number().int().min(1).max(16_384) }),
]);
export type FilmSize = z.infer<typeof FilmSize>;

/** What is wished of a film beside its container and its rate. What is absent follows from these two. */
export const FilmSettings = z
  .object({
    preset: FilmPreset.optional().meta({ description: 'Default: review' }),
    codec: FilmCodec.optional(),
    quality: z.number().int().min(1).max(100).optional().meta({
      description: 'From 1, the worst and smallest, to 100; each codec has a scale of its own underneath',
    }),
    depth: z
      .union([z.literal(8), z.literal(10), z.literal(16)])
      .optional()
      .meta({
        description: 'Bits for each channel; a codec that has fewer refuses',
      }),
    alpha: z.enum(['auto', 'keep', 'none']).optional().meta({
      description:
        'keep: transparency stays; none: the background shows. auto: stays where the scene renders without a sky and the codec can keep it',
    }),
    background: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/)
      .optional()
      .meta({ description: 'What shows where a frame is transparent; default #000000' }),
    size: FilmSize.optional(),
    ffmpeg: z
      .array(z.string().min(1).max(500))
      .max(100)
      .optional()
      .meta({ description: 'More arguments for ffmpeg’s encoder; checked against a list' }),
    sound: SoundWish.optional().meta({
      description:
        'Default: scene, what its strips and speakers sound like; or a file, which begins with the scene’s first frame',
    }),
    none: z.boolean().optional().meta({
      description: 'No film: the job ends with its last frame. One can be asked for later',
    }),
    strict: z.boolean().optional().meta({
      description: 'No film at all if a frame failed; otherwise it holds a marked picture in its place',
    }),
  })
  .meta({ id: 'FilmSettings' });
export type FilmSettings = z.infer<typeof FilmSettings>;

export { containerCodecs, presetCodecs };

/** The ending of a film nobody named. */
export function usualContainer({ preset, codec }: FilmSettings): Container {
  const first = preset && Object.keys(presetCodecs[preset])[0];
  if (codec === undefined) return (first as Container | undefined) ?? 'mp4';
  const all = Object.entries(containerCodecs) as [Container, readonly FilmCodec[]][];
  const takes = (container: unknown) =>
    all.some(([name, codecs]) => name === container && codecs.includes(codec));
  if (takes(first)) return first as Container;
  return (
    all.find(([, codecs]) => codecs[0] === codec)?.[0] ?? all.find(([name]) => takes(name))?.[0] ?? 'mp4'
  );
}

/** Bits that each channel of a codec may have; lossless ones and ProRes follow the frames. */
const codecDepths: Readonly<Record<FilmCodec, readonly (8 | 10 | 16)[]>> = {
  ...{ h264: [8, 10], h265: [8, 10], av1: [8, 10], vp9: [8, 10], vp8: [8] },
  ...{ prores: [10], ffv1: [8, 16], mpeg2: [8], mpeg4: [8], mjpeg: [8], wmv: [8], sorenson: [8], gif: [8] },
};

const keepsAlpha: readonly FilmCodec[] = ['prores', 'ffv1', 'vp9', 'gif'];

/** Whether transparency survives in a codec. */
export function canKeepAlpha(codec: FilmCodec): boolean {
  return keepsAlpha.includes(codec);
}

/** The codec of a film. Throws `film.bad-settings` for wishes that do not go together. */
export function filmCodec(container: Container, settings: FilmSettings): FilmCodec {
  const { preset, codec, depth, alpha } = settings;
  const known = containerCodecs[container];
  const wanted = codec ?? (preset && presetCodecs[preset][container]) ?? known[0];
  const refuse = (why: string) => new FarmError('film.bad-settings', { why });
  if (!known.includes(wanted))
    throw refuse(`a ${container} film cannot hold ${wanted}; it takes ${known.join(', ')}`);
  if (preset === 'archive' && wanted !== 'ffv1')
    throw refuse(
      `the preset archive loses nothing, and ${container} has no codec for that; write mkv or avi`,
    );
  if (depth !== undefined && !codecDepths[wanted].includes(depth))
    throw refuse(`${wanted} has ${codecDepths[wanted].join(' or ')} bits for each channel, not ${depth}`);
  if (alpha === 'keep' && !canKeepAlpha(wanted))
    throw refuse(`${wanted} keeps no transparency; ${keepsAlpha.join(', ')} do`);
  return wanted;
}

// No schemas in here, so that the page may use it.
import type { Container } from '../film-containers.ts';
import type { FilmCodec, FilmPreset } from './film-settings.ts';

/** Which codecs a container takes; the first is what it gets when nobody asks. */
export const containerCodecs: Readonly<Record<Container, readonly [FilmCodec, ...FilmCodec[]]>> = {
  mp4: ['h264', 'h265', 'av1', 'mpeg4'],
  mov: ['h264', 'h265', 'prores', 'mpeg4', 'mjpeg'],
  mkv: ['h264', 'h265', 'av1', 'vp9', 'vp8', 'prores', 'ffv1', 'mpeg2', 'mpeg4', 'mjpeg'],
  webm: ['vp9', 'vp8', 'av1'],
  mpg: ['mpeg2', 'mpeg4'],
  flv: ['h264', 'sorenson'],
  wmv: ['wmv'],
  avi: ['mpeg4', 'mjpeg', 'ffv1'],
  gif: ['gif'],
};

/** What a preset makes of a container where that is not the container's first codec. The first ending is its usual one. */
export const presetCodecs: Readonly<Record<FilmPreset, Partial<Record<Container, FilmCodec>>>> = {
  web: { mp4: 'h264' },
  review: { mp4: 'h264' },
  master: { mov: 'prores', mkv: 'prores', mp4: 'h265', webm: 'vp9' },
  archive: { mkv: 'ffv1', avi: 'ffv1' },
};

import type { Container, FilmSettings, FrameKind } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { chooseEncoder } from './choose-encoder.ts';
import { filmSize } from './encoder-arguments.ts';
import { encoderRecipes } from './film-recipes.ts';

const all = Object.keys(encoderRecipes);

function choose(
  container: Container,
  {
    fps = 24,
    settings = {},
    kind = {},
    available = all,
  }: {
    fps?: number;
    settings?: FilmSettings;
    kind?: Partial<FrameKind>;
    available?: readonly string[];
  } = {},
) {
  const rate = { fps, base: 1 };
  const whole = { transparent: false, depth: 8 as const, ...kind };
  return chooseEncoder({ container, rate, settings, kind: whole }, new Set(available));
}

test('the best encoder that is there is taken', () => {
  expect(choose('mp4', { available: ['mpeg4', 'libx264'] }).encoder).toBe('libx264');
  expect(choose('mp4', { available: ['mpeg4'] }).encoder).toBe('mpeg4');
});

test('a codec that was asked for is not exchanged for another one', () => {
  expect(() => choose('mp4', { settings: { codec: 'h264' }, available: ['mpeg4'] })).toThrow('libx264');
});

test('MPEG-2 makes the rates it can say, MPEG-4 the others', () => {
  expect(choose('mpg', { fps: 25 }).encoder).toBe('mpeg2video');
  expect(choose('mpg', { fps: 15 }).encoder).toBe('mpeg2video');
  expect(choose('mpg', { fps: 23 }).encoder).toBe('mpeg4');
});

test('a GIF of more than 50 pictures a second plays slower and keeps them all', () => {
  expect(choose('gif', { fps: 60 }).rate).toEqual({ numerator: 50, denominator: 1 });
  expect(choose('gif').rate).toEqual({ numerator: 24, denominator: 1 });
});

test('without any encoder the sentence names what was wanted', () => {
  expect(() => choose('webm', { available: ['libx264'] })).toThrow('wanted one of libvpx-vp9, libvpx');
});

test('quality is in the scale of the encoder, and a preset has its own', () => {
  const args = (settings: FilmSettings) => choose('mp4', { settings }).args.join(' ');
  expect(args({})).toContain('-crf 18');
  expect(args({ preset: 'web' })).toContain('-crf 23');
  expect(args({ quality: 100 })).toContain('-crf 1');
  expect(args({ quality: 1 })).toContain('-crf 51');
  expect(args({ preset: 'web', ffmpeg: ['-tune', 'film'] })).toMatch(/-crf 23 -tune film$/);
});

test('transparency is kept where the scene has it and the codec can, and else it is said what became of it', () => {
  const kind = { transparent: true };
  expect(choose('webm', { kind }).pixels).toBe('rgba');
  expect(choose('webm', { kind }).format?.name).toBe('yuva420p');
  expect(choose('webm', { kind, settings: { alpha: 'none' } })).toMatchObject({ pixels: 'rgb24', notes: [] });
  expect(choose('webm').pixels).toBe('rgb24');
  expect(choose('mov', { kind, settings: { preset: 'master' } }).args).toContain('4444');
  expect(choose('mp4', { kind }).notes).toEqual([
    'Transparent parts show black, because the codec of this mp4 film keeps no transparency.',
  ]);
});

test('deep frames are handed over as they are, and become shallow only where the codec is', () => {
  const kind = { depth: 16 as const };
  expect(choose('mkv', { kind, settings: { preset: 'archive' } })).toMatchObject({
    ...{ pixels: 'rgb48le', exact: true },
    format: { name: 'gbrp16le' },
  });
  expect(choose('mp4', { kind })).toMatchObject({
    ...{ pixels: 'rgb48le', format: { name: 'yuv420p' } },
    notes: ['Frames of 16 bits a channel became 8 bits.'],
  });
  expect(choose('mp4', { kind, settings: { depth: 10 } }).format?.name).toBe('yuv420p10le');
  expect(choose('mkv', { kind: { depth: 32 }, settings: { preset: 'archive' } }).exact).toBe(true);
});

test('a size is that of the frames unless it is asked for, and even where it has to be', () => {
  const frame = { width: 1921, height: 1080 };
  expect(filmSize({ size: null, evenSize: true }, frame)).toEqual(frame);
  expect(filmSize({ size: { percent: 50 }, evenSize: true }, frame)).toEqual({ width: 960, height: 540 });
  expect(filmSize({ size: { width: 1280 }, evenSize: false }, frame)).toEqual({ width: 1280, height: 720 });
  expect(filmSize({ size: { width: 5, height: 7 }, evenSize: true }, frame)).toEqual({ width: 6, height: 8 });
});

import { expect, test } from 'vitest';
import { containerCodecs, filmCodec, usualContainer } from './film-settings.ts';

test('a container gets its first codec, a preset its own, a wish comes before both', () => {
  expect(filmCodec('mp4', {})).toBe('h264');
  expect(filmCodec('mov', { preset: 'master' })).toBe('prores');
  expect(filmCodec('wmv', { preset: 'master' })).toBe('wmv');
  expect(filmCodec('mkv', { preset: 'archive' })).toBe('ffv1');
  expect(filmCodec('mov', { preset: 'master', codec: 'h265' })).toBe('h265');
});

test('what does not go together is refused in words', () => {
  expect(() => filmCodec('mp4', { codec: 'prores' })).toThrow('cannot hold prores; it takes h264');
  expect(() => filmCodec('mp4', { preset: 'archive' })).toThrow('write mkv or avi');
  expect(() => filmCodec('gif', { depth: 10 })).toThrow('gif has 8 bits');
  expect(() => filmCodec('mp4', { alpha: 'keep' })).toThrow('keeps no transparency');
});

test('a film nobody named gets an ending that its settings can be written as', () => {
  expect(usualContainer({})).toBe('mp4');
  expect(usualContainer({ preset: 'archive' })).toBe('mkv');
  expect(usualContainer({ preset: 'master' })).toBe('mov');
  expect(usualContainer({ codec: 'vp9' })).toBe('webm');
  expect(usualContainer({ codec: 'ffv1' })).toBe('mkv');
  expect(usualContainer({ preset: 'master', codec: 'h265' })).toBe('mov');
  for (const codecs of Object.values(containerCodecs))
    for (const codec of codecs) expect(() => filmCodec(usualContainer({ codec }), { codec })).not.toThrow();
});

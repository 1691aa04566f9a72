import type { Container } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { chooseEncoder } from './encoder-arguments.ts';

function choose(container: Container, fps: number, ...available: string[]) {
  const rate = { fps, base: 1 };
  return chooseEncoder({ container, rate }, new Set(available));
}

test('the best encoder that is there is taken', () => {
  expect(choose('mp4', 24, 'mpeg4', 'libx264').encoder).toBe('libx264');
  expect(choose('mp4', 24, 'mpeg4').encoder).toBe('mpeg4');
});

test('MPEG-2 makes the rates it can say, MPEG-4 the others', () => {
  expect(choose('mpg', 25, 'mpeg4', 'mpeg2video').encoder).toBe('mpeg2video');
  expect(choose('mpg', 15, 'mpeg4', 'mpeg2video').encoder).toBe('mpeg2video');
  expect(choose('mpg', 23, 'mpeg4', 'mpeg2video').encoder).toBe('mpeg4');
});

test('a GIF of more than 50 pictures a second plays slower and keeps them all', () => {
  expect(choose('gif', 60, 'gif').rate).toEqual({ numerator: 50, denominator: 1 });
  expect(choose('gif', 24, 'gif').rate).toEqual({ numerator: 24, denominator: 1 });
});

test('without any encoder the sentence names what was wanted', () => {
  expect(() => choose('webm', 24, 'libx264')).toThrow('wanted one of libvpx-vp9, libvpx');
});

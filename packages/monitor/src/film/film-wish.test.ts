import { filmCodec } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { codecsOf, containers, filmWish, fitFilm, freshFilm, presetsOf } from './film-wish.ts';

test('all that is offered is what the farm takes', () => {
  for (const container of containers)
    for (const preset of presetsOf(container))
      for (const codec of ['' as const, ...codecsOf(container, preset)]) {
        const wish = filmWish({ ...freshFilm, container, preset, codec });
        expect(() => filmCodec(wish.container, wish.film), `${container} ${preset} ${codec}`).not.toThrow();
      }
});

test('another ending drops the codec and the preset it cannot have', () => {
  const archive = { ...freshFilm, container: 'mkv', preset: 'archive', codec: 'ffv1' } as const;
  expect(fitFilm(archive)).toEqual(archive);
  expect(fitFilm({ ...archive, container: 'mp4' })).toMatchObject({ preset: 'review', codec: '' });
});

test('what was left empty is not asked for', () => {
  expect(filmWish(freshFilm)).toEqual({ container: 'mp4', fps: null, film: {} });
  const said = { ...freshFilm, preset: 'web', quality: 40, fps: 12.5, percent: 50, strict: true } as const;
  expect(filmWish(said)).toEqual({
    container: 'mp4',
    fps: 12.5,
    film: { preset: 'web', quality: 40, size: { percent: 50 }, strict: true },
  });
});

import { expect, it } from 'vitest';
import { sampleJob } from '../live/sample.ts';
import { filmFileName, filmNews, isPlayable } from './film-words.ts';

it('names a film after its job, without what a file system refuses', () => {
  expect(filmFileName('Galaxy: take 2', 'mp4')).toBe('Galaxy take 2.mp4');
  expect(filmFileName('../../etc/passwd', 'mp4')).toBe('etc passwd.mp4');
  expect(filmFileName('\u202Egnp.exe', 'webm')).toBe('gnp.exe.webm');
  expect(filmFileName('...', 'gif')).toBe('film.gif');
});

it('knows what browsers may play', () => {
  expect((['mp4', 'webm', 'gif', 'wmv'] as const).map(isPlayable)).toEqual([true, true, false, false]);
});

it('promises no film of a job that has ended without one', () => {
  const film = { ...sampleJob().film, state: 'waiting' as const };
  expect(filmNews(sampleJob({ film }))).toMatch(/is made when/);
  expect(filmNews(sampleJob({ film, state: 'canceled' }))).toBeNull();
});

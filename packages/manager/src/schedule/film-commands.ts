import { checkFilmArguments, FarmError, filmCodec, type NewJob } from '@akashganga/protocol';
import type { CommandOf } from './command.ts';
import type { FarmState, JobEntry } from './farm-state.ts';
import { findJob, moveJob, settleJob } from './job-life.ts';
import type { Outcome } from './outcome.ts';
import { showJob } from './show.ts';

// Before anything renders: hours later nobody wants to hear that the film cannot be.
export function checkFilm({ container, film }: Pick<NewJob, 'container' | 'film'>): void {
  filmCodec(container, film);
  checkFilmArguments(film.ffmpeg ?? []);
}

export function newFilm({ container, film }: Pick<NewJob, 'container' | 'film'>): JobEntry['film'] {
  return { container, rate: null, settings: film, ...unmade };
}

/** A film that is not ordered yet. */
export const unmade = {
  ...{ state: 'none' as const, digest: null, size: null, frames: null },
  ...{ marked: null, notes: [], psnr: null },
};

/** Another film of the frames that are there. Frames that failed stay failed, and are marked in this one too. */
export function remakeFilm(
  state: FarmState,
  command: CommandOf<'remake-film'>,
  now: number,
  outcome: Outcome,
): void {
  const job = findJob(state, command.job);
  const { container, fps, film } = command.wish;
  if (film.none === true)
    throw new FarmError('film.bad-settings', { why: 'a film that is asked for cannot be none' });
  checkFilm({ container, film });
  const { board, state: is } = job;
  const isOver =
    board && board.count('done') > 0 && board.count('done') + board.count('failed') === board.size;
  if (!isOver || (is !== 'completed' && is !== 'failed'))
    throw new FarmError('job.wrong-state', { job: job.id, state: is, wanted: 'given another film' });
  job.problem = null;
  const rate = fps === null ? sceneRate(job) : { fps, base: 1 };
  job.film = { ...newFilm({ container, film }), rate };
  moveJob(state, job, 'retry', now, outcome);
  settleJob(state, job, now, outcome);
  outcome.reply(command.request, showJob(state, job, now));
}

function sceneRate({ probe, film }: JobEntry): JobEntry['film']['rate'] {
  return probe ? { fps: probe.fps, base: probe.fpsBase } : film.rate;
}

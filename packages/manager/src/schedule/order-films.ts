import { filmKind } from '@akashganga/protocol';
import type { FarmState, OpenGather } from './farm-state.ts';
import type { Outcome } from './outcome.ts';

/** Answers a frame server's open request if there is something for it. */
export function orderFilms(state: FarmState, frameServer: string, outcome: Outcome): void {
  const entry = state.frameServers.get(frameServer);
  const open = state.gathering.get(frameServer);
  if (!entry || !open) return;
  const isWanted = (state.index.films.get(frameServer)?.size ?? 0) > 0;
  const isUnwanted = unwantedFilms(state, open).length > 0;
  if (isWanted || isUnwanted || entry.forget.size > 0) answerGather(state, frameServer, outcome);
}

// A film under way for a job that waits for one was begun before frames were asked for again.
function unwantedFilms(state: FarmState, open: OpenGather): string[] {
  return [...open.encoding].filter((id) => state.jobs.get(id)?.film.state !== 'encoding');
}

/** Answers the open request of a frame server with the films to make, to stop, and the jobs to forget. */
export function answerGather(state: FarmState, frameServer: string, outcome: Outcome): void {
  const open = state.gathering.get(frameServer);
  const entry = state.frameServers.get(frameServer);
  if (!open || !entry) return;
  state.gathering.delete(frameServer);
  const stop = unwantedFilms(state, open);
  const encode = [];
  for (const job of state.index.films.get(frameServer) ?? []) {
    state.index.films.get(frameServer)?.delete(job);
    if (job.film.state !== 'waiting' || !job.film.rate || !job.frameSpec) continue;
    job.film = { ...job.film, state: 'encoding' };
    outcome.job(job);
    const { container, rate, settings, marked } = job.film;
    encode.push({
      job: job.id,
      name: job.name,
      container,
      rate,
      frames: job.frameSpec,
      extension: job.probe?.extension ?? '.png',
      settings,
      kind: filmKind(job.probe),
      failed: marked,
    });
  }
  outcome.reply(open.request, { known: true, encode, stop, forget: [...entry.forget] });
}

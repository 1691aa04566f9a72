import { type EncodeOrder, filmKind } from '@akashganga/protocol';
import type { FarmState, JobEntry, OpenGather } from './farm-state.ts';
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

/** The sound of a film: what was mixed for its frames, or a file that begins with the scene's first frame. */
export function soundOf({ film, probe }: Pick<JobEntry, 'film' | 'probe'>): EncodeOrder['sound'] {
  const wish = film.settings.sound ?? 'scene';
  if (wish === 'none' || !probe) return null;
  if (wish !== 'scene') return { manifest: wish.file, first: probe.frameStart, rate: null };
  if (!probe.mix || film.container === 'gif') return null;
  return 'failed' in probe.mix ? probe.mix : { ...probe.mix, rate: { fps: probe.fps, base: probe.fpsBase } };
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
      sound: soundOf(job),
    });
  }
  outcome.reply(open.request, { known: true, encode, stop, forget: [...entry.forget] });
}

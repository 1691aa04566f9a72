import type { Job } from '@akashganga/protocol';
import { type RefObject, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { farmFiles } from '../api/farm-api.ts';
import type { BoardView } from '../frames/use-frame-board.ts';
import { isPlayable } from '../job/film-words.ts';
import { type FilmRate, filmRate } from './film-clock.ts';
import { FilmPlayer, type PlayerState } from './film-player.ts';
import { liveEnd } from './held-frame.ts';

export interface PlayerView {
  readonly video: RefObject<HTMLVideoElement | null>;
  /** Null until the video element is there. */
  readonly player: FilmPlayer | null;
  readonly state: PlayerState | null;
  readonly rate: FilmRate;
}

const USUAL_RATE = { fps: 24, base: 1 };
const nothing = () => () => undefined;

/** A player for the film of a job, told of every frame that comes and of the finished film. */
export function useFilmPlayer(job: Job, { board, version }: BoardView): PlayerView {
  const video = useRef<HTMLVideoElement>(null);
  const [player, setPlayer] = useState<FilmPlayer | null>(null);
  const { fps, base } = job.film.rate ?? (job.probe && probedRate(job.probe)) ?? USUAL_RATE;
  const rate = useMemo(() => filmRate({ fps, base }), [fps, base]);
  const film = filmAddress(job);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the board changes in place, its version says when
  const end = useMemo(() => liveEnd(board), [board, version]);
  const total = job.frames.total;
  const first = useRef({ film, end });
  first.current = { film, end };

  useEffect(() => {
    if (!video.current) return;
    const made = new FilmPlayer(video.current, { job: job.id, rate, total, ...first.current });
    setPlayer(made);
    return () => made.close();
  }, [job.id, rate, total]);
  useEffect(() => player?.setFilm(film), [player, film]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a frame that comes again changes the board, not its end
  useEffect(() => player?.framesChanged(end), [player, end, version]);

  const subscribe = useMemo(() => subscribeTo(player), [player]);
  const state = useSyncExternalStore(subscribe, () => player?.state ?? null);
  return { video, player, state, rate };
}

function subscribeTo(player: FilmPlayer | null): (listener: () => void) => () => void {
  if (!player) return nothing;
  return (listener) => {
    player.onChange(listener);
    return () => player.onChange(() => undefined);
  };
}

function probedRate({ fps, fpsBase }: { fps: number; fpsBase: number }) {
  return { fps, base: fpsBase };
}

/** The film itself, where browsers may play it. Its digest is in the address: another film is another one. */
function filmAddress({ id, film }: Job): string | null {
  if (film.state !== 'done' || !isPlayable(film.container)) return null;
  return `${farmFiles.film(id)}#${film.digest ?? ''}`;
}

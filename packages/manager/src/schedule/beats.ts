import type { HeartbeatReply } from '@akashganga/protocol';

/** How often workers beat and tell of changes when nobody says otherwise, milliseconds. */
const BEAT_MS = 3000;
const CHANGES_MS = 200;
/** The least silence after which a worker is taken for lost, milliseconds. */
const SILENCE_MS = 8000;
/** More beats than that in a second leave too little of a core for the work itself. */
const MOST_BEATS = 1500;
/** Beats for changes, which come on top while the usual ones are few. */
const MOST_CHANGES = 500;

/** How often each of so many workers shall be heard. */
export function beatsFor(workers: number): Pick<HeartbeatReply, 'beatMs' | 'changesMs'> {
  const beatMs = usualBeat(workers);
  const changesMs = Math.min(beatMs, Math.max(CHANGES_MS, Math.ceil((workers * 1000) / MOST_CHANGES)));
  return { ...(beatMs > BEAT_MS && { beatMs }), ...(changesMs > CHANGES_MS && { changesMs }) };
}

/** Milliseconds of silence after which one of so many workers is lost: 8 s, and 10 s in a farm of ten thousand. */
export function lostAfter(workers: number): number {
  return Math.max(SILENCE_MS, Math.ceil(1.5 * usualBeat(workers)));
}

function usualBeat(workers: number): number {
  return Math.max(BEAT_MS, Math.ceil((workers * 1000) / MOST_BEATS));
}

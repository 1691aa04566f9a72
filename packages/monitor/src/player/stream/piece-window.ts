import type { PreviewPiece } from '@akashganga/protocol';
import { type FilmRate, startOf } from '../film-clock.ts';

/** Pieces are fetched for so long ahead, and kept for so long around. Seconds of the film. */
const AHEAD = 8;
const KEPT_BEFORE = 20;
const KEPT_AFTER = 40;
const MOST_PIECES = 40;

export interface PieceRange {
  readonly from: number;
  /** Not in it any more. */
  readonly to: number;
}

/** The pieces to have while the film plays at a position. */
export function wantedPieces(position: number, speed: number, rate: FilmRate, each: number): PieceRange {
  const from = Math.floor(position / each);
  const count = Math.ceil((AHEAD * Math.max(1, speed)) / startOf(each, rate)) + 1;
  return { from, to: from + Math.max(2, Math.min(MOST_PIECES, count)) };
}

/** The pieces that may stay in memory. Those outside are fetched again when somebody goes there. */
export function keptPieces(position: number, rate: FilmRate, each: number): PieceRange {
  const at = Math.floor(position / each);
  const seconds = startOf(each, rate);
  const before = Math.max(2, Math.ceil(KEPT_BEFORE / seconds));
  const after = Math.max(4, MOST_PIECES, Math.ceil(KEPT_AFTER / seconds));
  return { from: Math.max(0, at - before), to: at + after };
}

/** Those that are not loaded in the version they have now, in the order they will be played. */
export function lackingPieces(
  pieces: readonly PreviewPiece[],
  loaded: ReadonlyMap<number, PreviewPiece>,
): PreviewPiece[] {
  return pieces.filter(({ piece, version }) => loaded.get(piece)?.version !== version);
}

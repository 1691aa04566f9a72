import type { TimePiece } from '@akashganga/protocol';

/**
 * Puts the attempts of one worker into lanes, so that none lies over another. The farm does not keep which slot rendered
 * a frame, and hears of several short ones at once, later than they ended: where they would need more lanes than the
 * worker has slots, an attempt is moved back to where it fits before the one that follows it. `slots` is null where the
 * worker is not known; then there are as many lanes as are needed.
 */
export function timeLanes(pieces: readonly TimePiece[], slots: number | null): TimePiece[][] {
  const lanes: { begins: number; pieces: TimePiece[] }[] = [];
  for (const piece of [...pieces].sort((a, b) => b.ended - a.ended || b.began - a.began)) {
    const free = lanes.find(({ begins }) => piece.ended <= begins);
    if (!free && lanes.length < (slots ?? Number.POSITIVE_INFINITY)) {
      lanes.push({ begins: piece.began, pieces: [piece] });
      continue;
    }
    const lane = free ?? lanes.reduce((latest, one) => (one.begins > latest.begins ? one : latest));
    const late = free ? 0 : piece.ended - lane.begins;
    lane.pieces.push(late === 0 ? piece : { ...piece, began: piece.began - late, ended: piece.ended - late });
    lane.begins = piece.began - late;
  }
  return lanes.map((lane) => lane.pieces.reverse());
}

import type { FilmPlayer } from './film-player.ts';

const FAR = 10;

/** What a key does, or null for those that are not the player's. */
export function keyAction(key: string, shift: boolean, total: number): ((player: FilmPlayer) => void) | null {
  switch (key) {
    case ' ':
    case 'k':
      return (player) => player.toggle();
    case 'ArrowRight':
      return (player) => player.step(shift ? FAR : 1);
    case 'ArrowLeft':
      return (player) => player.step(shift ? -FAR : -1);
    case 'Home':
      return (player) => player.seek(0);
    case 'End':
      return (player) => player.seek(total - 1);
    default:
      return null;
  }
}

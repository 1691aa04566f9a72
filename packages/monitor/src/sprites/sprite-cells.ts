/** Frames of a sprite, and the pictures in a row of it (docs/guide/api.md). */
export const SPRITE_FRAMES = 100;
const COLUMNS = 10;

/** The part of one sprite that is shown: places of the board from `from` to before `to`. */
export interface SpritePart {
  readonly sprite: number;
  readonly from: number;
  readonly to: number;
}

/** The sprites that hold the places from `from` to before `to`, each with the part of it that is wanted. */
export function spriteParts(from: number, to: number): SpritePart[] {
  if (to <= from) return [];
  const first = Math.floor(from / SPRITE_FRAMES);
  const last = Math.floor((to - 1) / SPRITE_FRAMES);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const sprite = first + index;
    const start = sprite * SPRITE_FRAMES;
    return { sprite, from: Math.max(from, start), to: Math.min(to, start + SPRITE_FRAMES) };
  });
}

/** Where the picture of a place lies in its sprite, for `background-position` of one that is ten times as large. */
export function cellPosition(place: number): string {
  const cell = place % SPRITE_FRAMES;
  const percent = (at: number) => `${(at * 100) / (COLUMNS - 1)}%`;
  return `${percent(cell % COLUMNS)} ${percent(Math.floor(cell / COLUMNS))}`;
}

/** Where the picture of a place lies in its sprite, in the sprite's own pixels. */
export function spriteCell(place: number, sprite: { readonly width: number; readonly height: number }) {
  const cell = place % SPRITE_FRAMES;
  const [width, height] = [sprite.width / COLUMNS, sprite.height / (SPRITE_FRAMES / COLUMNS)];
  return { x: (cell % COLUMNS) * width, y: Math.floor(cell / COLUMNS) * height, width, height };
}

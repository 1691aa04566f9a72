import type { StructView } from '../blend/struct-view.ts';
import type { BlockGroup } from './block-group.ts';
import { oneReference } from './one-reference.ts';
import type { Reference, Shape } from './reference.ts';

// Image.source in Blender's DNA. 4 is generated, 5 what another node made.
const SHAPES: ReadonlyMap<number, Shape> = new Map<number, Shape>([
  [0, 'file'],
  [1, 'file'],
  [2, 'sequence'],
  [3, 'file'],
  [6, 'tiles'],
]);

const SEVERAL_VIEWS = 1 << 4;
const FIRST_TILE = 1001;

/** The files of an image; of a stereo image also those of its views. Packed ones need none. */
export function imageReferences(view: StructView, group: BlockGroup): readonly (Reference | null)[] {
  const shape = SHAPES.get(view.int('source') ?? 0);
  if (!shape || view.isSet('packedfile') || view.isSet('packedfiles.first')) return [];
  const name = view.idName;
  const main = oneReference('image', name, view, ['name', 'filepath'], { shape, tiles: tiles(shape, group) });
  if (((view.int('flag') ?? 0) & SEVERAL_VIEWS) === 0) return [main];
  const views = group.all('ImageView');
  const others = views.map((one) => oneReference('image', name, one, ['filepath'], { shape }));
  return [main, ...others.filter((one) => one && one.path !== main?.path)];
}

function tiles(shape: Shape, group: BlockGroup): readonly number[] {
  if (shape !== 'tiles') return [];
  const numbers = group.all('ImageTile').map((tile) => tile.int('tile_number') ?? FIRST_TILE);
  // Blender itself has 1001 to 2000; the first is 0 in files of 2.8x.
  const sound = numbers.map((number) => (number === 0 ? FIRST_TILE : number));
  const known = sound.filter((number) => number >= FIRST_TILE && number <= 9999);
  return known.length > 0 ? [...new Set(known)] : [FIRST_TILE];
}

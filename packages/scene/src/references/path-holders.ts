import type { StructView } from '../blend/struct-view.ts';
import type { BlockGroup } from './block-group.ts';
import { imageReferences } from './image-references.ts';
import { oneReference } from './one-reference.ts';
import type { Reference } from './reference.ts';
import { stripReferences } from './strip-references.ts';

export type FindIn = (view: StructView, group: BlockGroup) => readonly (Reference | null)[];

// Bits and numbers of Blender's DNA headers.
const DISK_CACHE = 1 << 6;
const EXTERNAL_CACHE = 1 << 9;
const BAKED_FLUID = (1 << 1) | (1 << 3) | (1 << 5) | (1 << 7) | (1 << 9);
const EXTERNAL_FILE = 1;
const CLIP_SEQUENCE = 1;
const TEXT_IN_MEMORY = 1 << 2;
const FILE_PATH = 1;
const OWN_BAKE_FOLDER = 1 << 1;

/** The structures that hold paths of files a render may need, by their names in the DNA, and how each is read. */
export const PATH_HOLDERS: ReadonlyMap<string, FindIn> = new Map<string, FindIn>([
  ['Image', imageReferences],
  ['Library', library],
  ['VFont', packable('font', 'name', 'filepath')],
  ['bSound', packable('sound', 'name', 'filepath')],
  ['MovieClip', movieClip],
  ['Volume', volume],
  ['CacheFile', cacheFile],
  ['CacheFileLayer', inOwner('cache file', 'filepath')],
  ['Text', text],
  ['Sequence', stripReferences],
  ['MeshCacheModifierData', inOwner('mesh cache', 'filepath')],
  ['OceanModifierData', ocean],
  ['FluidDomainSettings', fluid],
  ['FluidsimSettings', inOwner('fluid cache', 'surfdataPath', { shape: 'folder', isNeeded: false })],
  ['PointCache', pointCache],
  ['NodesModifierData', bakeFolder('simulation_bake_directory', 'bake_directory')],
  ['NodesModifierBake', bakeFolder('directory')],
  ['NodeShaderScript', external('OSL script', 'filepath', 'mode')],
  ['NodeShaderTexIES', external('IES file', 'filepath', 'mode')],
  ['Camera', external('OSL script', 'custom_filepath', 'custom_mode')],
  ['CustomDataExternal', inOwner('multiresolution file', 'filename')],
  ['VoxelData', inOwner('voxel data', 'source_path')],
  ['bNodeSocketValueString', nodeInput],
]);

/** Kept because others point to them. */
export const POINTED_TO: ReadonlySet<string> = new Set(['Strip', 'StripElem', 'ImageTile', 'ImageView']);

/** Pointers to paths that are kept as text in a block of their own. */
export const TEXT_POINTERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Text', ['name', 'filepath']],
  ['NodesModifierData', ['simulation_bake_directory', 'bake_directory']],
  ['NodesModifierBake', ['directory']],
]);

/** Whether some of a group keeps its cache in the folder that Blender names after the .blend. */
export function usesCacheFolder(view: StructView): boolean {
  if (view.layout.name === 'NodesModifierData')
    return view.layout.fields.has('simulation_bake_directory') || view.layout.fields.has('bakes');
  if (view.layout.name !== 'PointCache') return false;
  const flag = view.int('flag') ?? 0;
  return (flag & DISK_CACHE) !== 0 && (flag & EXTERNAL_CACHE) === 0;
}

function packable(kind: string, ...fields: readonly string[]): FindIn {
  return (view) => (view.isSet('packedfile') ? [] : [oneReference(kind, view.idName, view, fields)]);
}

function inOwner(kind: string, field: string, how: Partial<Reference> = {}): FindIn {
  return (view, group) => [oneReference(kind, group.name, view, [field], how)];
}

/** Nodes and cameras that take either a text of the .blend or a file. */
function external(kind: string, field: string, mode: string): FindIn {
  return (view, group) =>
    view.int(mode) === EXTERNAL_FILE ? [oneReference(kind, group.name, view, [field])] : [];
}

function library(view: StructView): readonly (Reference | null)[] {
  // From 5.0 an archive is a library whose linked data-blocks are all in the .blend that links them.
  if (view.isSet('packedfile') || view.isSet('archive_parent_library')) return [];
  return [oneReference('library', view.idName, view, ['name', 'filepath'])];
}

function movieClip(view: StructView): readonly (Reference | null)[] {
  const shape = view.int('source') === CLIP_SEQUENCE ? 'sequence' : 'file';
  return [oneReference('movie clip', view.idName, view, ['name', 'filepath'], { shape })];
}

function volume(view: StructView): readonly (Reference | null)[] {
  if (view.isSet('packedfile')) return [];
  const shape = view.int('is_sequence') ? 'sequence' : 'file';
  return [oneReference('volume', view.idName, view, ['filepath'], { shape })];
}

function cacheFile(view: StructView): readonly (Reference | null)[] {
  const shape = view.int('is_sequence') ? 'sequence' : 'file';
  return [oneReference('cache file', view.idName, view, ['filepath'], { shape })];
}

// Its lines are in the .blend as well; the file matters to scripts that look for themselves on disk.
function text(view: StructView, group: BlockGroup): readonly (Reference | null)[] {
  const own = group.textAt(view.pointer('name') ?? view.pointer('filepath'));
  if (own && ((view.int('flags') ?? 0) & TEXT_IN_MEMORY) === 0)
    return [heldText('text', view.idName, own, 'file')];
  return [oneReference('text', view.idName, view, ['name', 'filepath'], { isNeeded: false })];
}

function ocean(view: StructView, group: BlockGroup): readonly (Reference | null)[] {
  if (!view.int('cached')) return [];
  return [oneReference('ocean cache', group.name, view, ['cachepath'], { shape: 'folder' })];
}

function fluid(view: StructView, group: BlockGroup): readonly (Reference | null)[] {
  const isNeeded = ((view.int('cache_flag') ?? 0) & BAKED_FLUID) !== 0;
  return [oneReference('fluid cache', group.name, view, ['cache_directory'], { shape: 'folder', isNeeded })];
}

function pointCache(view: StructView, group: BlockGroup): readonly (Reference | null)[] {
  if (((view.int('flag') ?? 0) & EXTERNAL_CACHE) === 0) return [];
  return [oneReference('point cache', group.name, view, ['path'], { shape: 'folder' })];
}

function bakeFolder(...fields: readonly string[]): FindIn {
  return (view, group) => {
    const isOwn =
      view.layout.name !== 'NodesModifierBake' || ((view.int('flag') ?? 0) & OWN_BAKE_FOLDER) !== 0;
    if (!isOwn || view.isSet('packed')) return [];
    return fields.map((field) => {
      const own = group.textAt(view.pointer(field));
      return own && heldText('simulation bake', group.name, own, 'folder');
    });
  };
}

// From 4.5 nodes import files whose paths are values of their inputs.
function nodeInput(view: StructView, group: BlockGroup): readonly (Reference | null)[] {
  if (view.int('subtype') !== FILE_PATH) return [];
  return [oneReference('node input', group.name, view, ['value'], { isNeeded: false })];
}

type HeldText = NonNullable<ReturnType<BlockGroup['textAt']>>;

function heldText(kind: string, name: string, own: HeldText, shape: 'file' | 'folder'): Reference | null {
  if (own.text === '') return null;
  return { kind, name, path: own.text, shape, tiles: [], named: [], isNeeded: false, field: own.field };
}

import type { StructView } from '../blend/struct-view.ts';
import type { BlockGroup } from './block-group.ts';
import type { NamedInFolder, Reference } from './reference.ts';

// Sequence.type in Blender's DNA. The file of a sound strip is that of its sound.
const KINDS: ReadonlyMap<number, string> = new Map([
  [0, 'image strip'],
  [3, 'movie strip'],
]);

/** The folder of an image or movie strip, and the files in it. */
export function stripReferences(view: StructView, group: BlockGroup): readonly Reference[] {
  const kind = KINDS.get(view.int('type') ?? -1);
  const [strip] = group.at(view.pointer('strip'));
  if (!kind || !strip) return [];
  const folder = strip.text('dir') ?? strip.text('dirpath');
  if (!folder) return [];
  const named = group.at(strip.pointer('stripdata')).flatMap((element) => namedFile(element));
  const files = kind === 'movie strip' ? named.slice(0, 1) : named;
  if (files.length === 0) return [];
  return [
    {
      kind,
      // Strips are named SQ…, as data-blocks are.
      name: view.text('name')?.text.replace(/^SQ/, '') ?? '',
      path: folder.text,
      shape: 'named',
      tiles: [],
      named: files,
      isNeeded: true,
      field: { at: folder.at, room: folder.room, lengthAt: null },
    },
  ];
}

function namedFile(element: StructView): NamedInFolder[] {
  const name = element.text('name') ?? element.text('filename');
  if (!name || name.text === '') return [];
  return [{ name: name.text, field: { at: name.at, room: name.room, lengthAt: null } }];
}

import type { StructView } from '../blend/struct-view.ts';
import type { Reference } from './reference.ts';

/** The path in the first of these fields that the file's Blender had. Null when it is empty or built in. */
export function oneReference(
  kind: string,
  name: string,
  view: StructView,
  fields: readonly string[],
  how: Partial<Reference> = {},
): Reference | null {
  for (const field of fields) {
    const found = view.text(field);
    if (!found) continue;
    const { text: path, at, room } = found;
    if (path === '' || path === '<builtin>') return null;
    const where = { at, room, lengthAt: null };
    return { kind, name, path, shape: 'file', tiles: [], named: [], isNeeded: true, field: where, ...how };
  }
  return null;
}

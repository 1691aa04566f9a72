import { join } from 'node:path';
import type { CollectedBlend, CollectedScene } from './collect-scene.ts';

/** Who needs a file: a data-block, with the path as it is written. `blend` is the file it is written in. */
export interface Need {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  readonly blend: string;
}

export interface SceneFileList {
  /** Files by place on this computer, with the first that needs each. */
  readonly found: ReadonlyMap<string, Need>;
  /** Needed by the scene itself. */
  readonly missing: readonly Need[];
  /**
   * Named in a library. Only Blender knows whether what is linked from there needs them, so the probe decides about these.
   */
  readonly missingInLibraries: readonly Need[];
}

const MOST_MISSING = 10_000;

/** What a collected scene needs, and what of it is not there. */
export function listScene(scene: CollectedScene): SceneFileList {
  const found = new Map<string, Need>();
  const [entry, ...libraries] = scene.blends;
  for (const blend of scene.blends) {
    const keep = (place: string, need: Need) => found.has(place) || found.set(place, need);
    for (const { reference, folder, files } of blend.references) {
      const { kind, name, path } = reference;
      for (const file of files) keep(join(folder ?? '', file), { kind, name, path, blend: blend.place });
    }
  }
  return {
    found,
    missing: missingOf(entry).slice(0, MOST_MISSING),
    missingInLibraries: libraries.flatMap(missingOf).slice(0, MOST_MISSING),
  };
}

function missingOf({ place, references }: CollectedBlend): Need[] {
  return references
    .filter(({ reference }) => reference.isNeeded)
    .flatMap(({ reference, missing }) =>
      missing.map((path) => ({ kind: reference.kind, name: reference.name, path, blend: place })),
    );
}

import { join } from 'node:path';
import type { SceneRef } from '@akashganga/protocol';
import type { ManifestCache } from '../cache/manifest-cache.ts';

/** A scene on this disk. It stays there until it is released. */
export interface OpenScene {
  /** The absolute path of its .blend, everything beside it in place. */
  readonly path: string;
  release(): void;
}

/** The scenes of this worker's cache. */
export class SceneCache {
  readonly #cache: ManifestCache;

  constructor(cache: ManifestCache) {
    this.#cache = cache;
  }

  /** Fetches what is missing of a scene. Throws what `ManifestCache.open` throws. */
  async open(scene: SceneRef, signal: AbortSignal): Promise<OpenScene> {
    const { folder, release } = await this.#cache.open(scene.manifest, signal);
    return { path: join(folder, scene.entry), release };
  }
}

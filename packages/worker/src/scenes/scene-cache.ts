import { chmod, copyFile, link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type FarmClient, fetchBlob, retryLater } from '@akashganga/client';
import {
  type Digest,
  digestHex,
  FarmError,
  Manifest,
  type ManifestFile,
  type SceneRef,
} from '@akashganga/protocol';
import { blobPath, type Keeper, localKeeper } from '@akashganga/storage';

const PARALLEL = 4;

/** Scenes of this worker: fetched by digest, each file once, and placed read-only under their own names. */
export class SceneCache {
  readonly #client: FarmClient;
  readonly #blobFolder: string;
  readonly #sceneFolder: string;
  readonly #blobs: Keeper;
  // Two slots that need the same scene wait for one fetch.
  readonly #underWay = new Map<Digest, Promise<string>>();

  constructor(client: FarmClient, folder: string) {
    this.#client = client;
    this.#blobFolder = join(folder, 'blobs');
    this.#sceneFolder = join(folder, 'scenes');
    this.#blobs = localKeeper(this.#blobFolder);
  }

  /** The absolute path of the scene's .blend, everything beside it in place. Fetches what is missing. */
  async open(scene: SceneRef, signal: AbortSignal): Promise<string> {
    const folder = join(this.#sceneFolder, digestHex(scene.manifest));
    const placed = this.#underWay.get(scene.manifest) ?? this.#place(scene.manifest, folder, signal);
    this.#underWay.set(scene.manifest, placed);
    try {
      return join(await placed, scene.entry);
    } finally {
      this.#underWay.delete(scene.manifest);
    }
  }

  async #place(digest: Digest, folder: string, signal: AbortSignal): Promise<string> {
    // The folder appears under its name only when everything is in it.
    if (await stat(folder).catch(() => null)) return folder;
    await this.#fetch(digest, signal);
    const manifest = Manifest.parse(JSON.parse(await readFile(blobPath(this.#blobFolder, digest), 'utf8')));
    const partial = `${folder}.part`;
    await rm(partial, { recursive: true, force: true });
    const queue = [...manifest.files];
    const lane = async () => {
      for (let file = queue.pop(); file; file = queue.pop()) {
        await this.#fetch(file.digest, signal);
        await this.#placeFile(partial, file);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
    await rename(partial, folder);
    return folder;
  }

  #fetch(digest: Digest, signal: AbortSignal): Promise<void> {
    return retryLater(() => fetchBlob(this.#client, this.#blobs, digest, signal), { signal });
  }

  async #placeFile(root: string, file: ManifestFile): Promise<void> {
    const path = resolve(root, file.path);
    // The manifest's schema refuses such paths; this is the second lock on the same door.
    if (!path.startsWith(resolve(root) + sep))
      throw new FarmError('manifest.invalid', { why: 'a path leaves the scene' });
    await mkdir(dirname(path), { recursive: true });
    const blob = blobPath(this.#blobFolder, file.digest);
    await chmod(blob, 0o444);
    await link(blob, path).catch(() => copyFile(blob, path));
  }
}

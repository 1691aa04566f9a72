import { blobsOfFile, type Digest } from '@akashganga/protocol';
import type { Keeper } from '@akashganga/storage';
import { readManifest } from '../jobs/check-manifest.ts';

/** What a worker was given to render counts for so long after it was last seen with it: fetches go on for a while. */
const STAYS_MS = 15 * 60_000;
/** Names of blobs that are held at most, of all manifests together; about 100 bytes each. */
const MOST_NAMES = 1_000_000;

/** What a lease lets a worker fetch: the list of its scene's files, and of its build's. */
interface Needs {
  readonly scene: { readonly manifest: Digest };
  readonly build: { readonly manifest: Digest } | null;
}

/**
 * Which blobs each member may have: those of the scenes and builds of its leases. Held in memory; after a start of the
 * manager it is learned from the leases again.
 */
export class WorkerReach {
  readonly #blobs: Keeper;
  /** Of each member: manifest -> until when (ms). */
  readonly #needs = new Map<string, Map<Digest, number>>();
  readonly #names = new Map<Digest, Promise<ReadonlySet<Digest>>>();
  #count = 0;

  constructor(blobs: Keeper) {
    this.#blobs = blobs;
  }

  /** The member has these leases now. */
  note(member: string, leases: readonly Needs[], now: number): void {
    if (leases.length === 0) return;
    const needs = this.#needs.get(member) ?? new Map<Digest, number>();
    this.#needs.set(member, needs);
    for (const [manifest, until] of needs) if (until < now) needs.delete(manifest);
    for (const { scene, build } of leases)
      for (const manifest of [scene.manifest, build?.manifest])
        if (manifest) needs.set(manifest, now + STAYS_MS);
  }

  /** Which of these blobs the member may have. */
  async within(member: string, digests: readonly Digest[], now: number): Promise<Digest[]> {
    const lists: ReadonlySet<Digest>[] = [];
    for (const [manifest, until] of this.#needs.get(member) ?? [])
      if (until >= now) lists.push(await this.#namesOf(manifest));
    return digests.filter((digest) => lists.some((names) => names.has(digest)));
  }

  #namesOf(manifest: Digest): Promise<ReadonlySet<Digest>> {
    const known = this.#names.get(manifest);
    const names = known ?? this.#read(manifest);
    // Taken out and put back, so that the first is the one that nobody asked for longest.
    this.#names.delete(manifest);
    this.#names.set(manifest, names);
    return names;
  }

  async #read(manifest: Digest): Promise<ReadonlySet<Digest>> {
    const read = await readManifest(this.#blobs, manifest).catch(() => null);
    const names = new Set<Digest>([manifest]);
    for (const file of read?.files ?? []) for (const { digest } of blobsOfFile(file)) names.add(digest);
    if (read === null) this.#names.delete(manifest);
    this.#count += names.size;
    for (const [first, other] of this.#names) {
      if (this.#count <= MOST_NAMES || first === manifest) break;
      this.#names.delete(first);
      this.#count -= (await other).size;
    }
    return names;
  }
}

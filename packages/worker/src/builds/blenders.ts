import { type BuildRef, chooseBlender, FarmError, isProblemCode, type Lease } from '@akashganga/protocol';
import type { SceneCache } from '../scenes/scene-cache.ts';
import { type FoundBlender, tryBlender } from '../session/index.ts';
import { missingLibraries, packagesWith } from './missing-libraries.ts';

export interface BlendersOptions {
  /** Those that are installed on this computer. */
  readonly own: readonly FoundBlender[];
  /** A build is kept as a scene is: files by digest, fetched once, placed under their names. */
  readonly cache: Pick<SceneCache, 'open'>;
  /** The worker's name, for people. */
  readonly name: string;
  readonly computer: { readonly platform: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A Blender that stays on this disk until it is released. */
export interface HeldBlender extends FoundBlender {
  release(): void;
}

/** The Blenders a worker can start: its own, and those of the farm, which it fetches when a lease names one. */
export class Blenders {
  readonly #options: BlendersOptions;
  /** Builds that were seen to start here, by manifest. */
  readonly #tried = new Set<string>();

  constructor(options: BlendersOptions) {
    this.#options = options;
  }

  /** The Blender that a lease is to be rendered with. Throws what stands in the way. */
  async forLease(lease: Pick<Lease, 'scene' | 'build'>, signal: AbortSignal): Promise<HeldBlender> {
    if (lease.build) return this.#ofFarm(lease.build, signal);
    return { ...this.#ofOwn(lease.scene.blender), release: () => undefined };
  }

  /** The one that will be wanted next: that of this lease, the last one; before there was any, the newest installed. */
  async likely(
    last: Pick<Lease, 'scene' | 'build'> | null,
    signal: AbortSignal,
  ): Promise<HeldBlender | null> {
    if (last) return this.forLease(last, signal);
    return this.#options.own.length === 0 ? null : { ...this.#ofOwn(''), release: () => undefined };
  }

  #ofOwn(wanted: string): FoundBlender {
    const have = this.#options.own.map((blender) => blender.version);
    const version = chooseBlender(have, wanted);
    const found = this.#options.own.find((blender) => blender.version === version);
    if (found) return found;
    const { name, computer } = this.#options;
    // A build that was to be used may have been taken away meanwhile: that is no fault of the scene.
    throw have.length === 0
      ? new FarmError('machine.needs-build', { worker: name, platform: computer.platform })
      : new FarmError('scene.newer-blender', { file: wanted, have });
  }

  async #ofFarm(build: BuildRef, signal: AbortSignal): Promise<HeldBlender> {
    const { manifest, entry, version } = build;
    const opening = this.#options.cache.open({ manifest, entry, blender: version }, signal);
    const { path, release } = await opening.catch((error: unknown) => {
      // What the farm cannot give to anybody is no fault of the scene.
      if (error instanceof FarmError && isProblemCode(error.code) && /^(blob|manifest)\./.test(error.code))
        throw unusable(build, error.says, error);
      throw error;
    });
    const found = { version: build.version, path, release };
    if (this.#tried.has(build.manifest)) return found;
    await this.#mustStart(build, path).catch((error: unknown) => {
      release();
      throw error;
    });
    this.#tried.add(build.manifest);
    return found;
  }

  // A Blender that lacks a library ends without a word to the driver; here it can be said which.
  async #mustStart(build: BuildRef, path: string): Promise<void> {
    const libraries = await missingLibraries(path);
    if (await tryBlender(path, this.#options.environment)) return;
    if (libraries.length === 0) throw unusable(build, 'it does not start');
    throw new FarmError('machine.missing-libraries', {
      ...{ blender: `The farm's Blender ${build.version}`, worker: this.#options.name, libraries },
      packages: packagesWith(libraries).join(' '),
    });
  }
}

function unusable({ version, platform }: BuildRef, why: string, cause?: unknown): FarmError {
  return new FarmError('build.incomplete', { version, platform, why: why.replace(/\.$/, '') }, { cause });
}

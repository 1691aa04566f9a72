import type { StructView } from '../blend/struct-view.ts';

/** What a scene in a .blend says of its render. What its Blender did not have yet is null. */
export interface SceneFacts {
  readonly name: string;
  readonly frameStart: number;
  readonly frameEnd: number;
  readonly frameStep: number;
  readonly fps: number;
  readonly fpsBase: number;
  /** Pixels before and after the percentage. */
  readonly width: number;
  readonly height: number;
  readonly percent: number;
  /** As `CYCLES`. */
  readonly engine: string | null;
  readonly camera: string | null;
}

const CAMERA = 11;

/** Gathers what the data-blocks of a file say of its scenes. */
export class SceneNotes {
  readonly #scenes = new Map<bigint, { facts: Omit<SceneFacts, 'camera'>; camera: bigint | null }>();
  readonly #cameras = new Map<bigint, string>();
  #active: bigint | null = null;

  takeGlobal(view: StructView): void {
    this.#active = view.pointer('curscene');
  }

  takeDataBlock(view: StructView, address: bigint): void {
    const { name } = view.layout;
    if (name === 'Scene') this.#scenes.set(address, { facts: factsOf(view), camera: view.pointer('camera') });
    if (name === 'Object' && view.int('type') === CAMERA) this.#cameras.set(address, view.idName);
  }

  facts(): { scenes: readonly SceneFacts[]; activeScene: string | null } {
    const scenes = [...this.#scenes.values()].map(({ facts, camera }) => ({
      ...facts,
      camera: camera === null ? null : (this.#cameras.get(camera) ?? null),
    }));
    const active = this.#active === null ? undefined : this.#scenes.get(this.#active);
    return { scenes, activeScene: active?.facts.name ?? null };
  }
}

function factsOf(view: StructView): Omit<SceneFacts, 'camera'> {
  const int = (name: string, otherwise: number) => view.int(`r.${name}`) ?? otherwise;
  return {
    name: view.idName,
    frameStart: int('sfra', 1),
    frameEnd: int('efra', 1),
    frameStep: Math.max(1, int('frame_step', 1)),
    fps: int('frs_sec', 25),
    fpsBase: int('frs_sec_base', 1) || 1,
    width: int('xsch', 0),
    height: int('ysch', 0),
    percent: int('size', 100),
    engine: view.text('r.engine')?.text || null,
  };
}

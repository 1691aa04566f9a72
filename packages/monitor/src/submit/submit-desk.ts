import { useSyncExternalStore } from 'react';
import { blendVersion } from './files/blend-version.ts';
import { checkNames } from './files/check-names.ts';
import { openZip } from './files/open-zip.ts';
import { blendsIn, type SceneFile, withoutCommonFolder, withoutLeftOvers } from './files/scene-files.ts';

/** A scene that lies on the desk: all its files, the .blend to open, and the Blender that wrote it. */
export interface Draft {
  readonly files: readonly SceneFile[];
  readonly entry: string;
  readonly blender: string;
}

export type Desk =
  | { readonly state: 'empty'; readonly says: string | null }
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly draft: Draft };

// One desk for the page: who looks at another page meanwhile finds the scene where it was.
let desk: Desk = { state: 'empty', says: null };
const listeners = new Set<() => void>();
/** What was sent from this page, by job: what is missing can be added without dropping everything again. */
const sent = new Map<string, Draft>();

function put(next: Desk): void {
  desk = next;
  for (const listener of listeners) listener();
}

export function useDesk(): Desk {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => desk,
  );
}

export function clearDesk(says: string | null = null): void {
  put({ state: 'empty', says });
}

export function keepSent(job: string, draft: Draft): void {
  sent.set(job, draft);
}

export function sentAs(job: string): Draft | null {
  return sent.get(job) ?? null;
}

/** Lays dropped or picked files on the desk: a .blend, a folder, or one zip. Says what is wrong instead of throwing. */
export async function layDown(given: Promise<readonly SceneFile[]>): Promise<void> {
  put({ state: 'opening' });
  try {
    put({ state: 'ready', draft: await draftOf(await unpacked(await given)) });
  } catch (error) {
    clearDesk(error instanceof Error ? error.message : 'These files cannot be read.');
  }
}

/** Opens another of the .blend files that lie on the desk. */
export async function chooseEntry(draft: Draft, entry: string): Promise<void> {
  try {
    put({ state: 'ready', draft: await draftOf(draft.files, entry) });
  } catch (error) {
    clearDesk(error instanceof Error ? error.message : 'This file cannot be read.');
  }
}

async function unpacked(given: readonly SceneFile[]): Promise<readonly SceneFile[]> {
  const [only, ...others] = given;
  if (!only || others.length > 0 || !/\.zip$/i.test(only.path)) return given;
  return openZip(only.file, only.path, new AbortController().signal);
}

async function draftOf(given: readonly SceneFile[], wanted?: string): Promise<Draft> {
  const files = wanted === undefined ? withoutCommonFolder(withoutLeftOvers(given)) : given;
  const entry = wanted ?? blendsIn(files)[0];
  const blend = files.find(({ path }) => path === entry);
  if (!entry || !blend)
    throw new Error('There is no .blend among these files. Drop a .blend, its folder or a zip of it.');
  const refused = checkNames(files.map(({ path }) => path));
  if (refused) throw new Error(refused);
  const blender = await blendVersion(blend.file);
  if (blender === null) throw new Error(`${entry} is not a .blend of Blender. Save it in Blender once more.`);
  return { files, entry, blender };
}

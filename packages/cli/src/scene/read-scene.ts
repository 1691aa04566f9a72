import { stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { type BlobSource, blobsIn } from '@akashganga/client';
import { FarmError, type MissingFile, type SceneRef } from '@akashganga/protocol';
import { collectScene, listScene, type Need, packScene, type SceneFileList } from '@akashganga/scene';
import { hashBytes } from '@akashganga/storage';
import { missingSceneFile } from './missing-words.ts';

/** A scene on this computer, ready to be sent. Files it made for that are removed by `close`. */
export interface LocalScene {
  readonly ref: SceneRef;
  readonly blobs: readonly BlobSource[];
  /** For people: the file's name without its ending. */
  readonly name: string;
  readonly fileCount: number;
  readonly bytes: number;
  readonly list: SceneFileList;
  /** .blend files that travel as copies, with other paths in them. */
  readonly rewritten: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ReadOptions {
  /** Go on although files are missing. */
  readonly allowMissing: boolean;
  readonly signal?: AbortSignal;
}

/** What a probe has to know of what was missing here; more would only burden the job. */
const MOST_TOLD = 200;

/**
 * Reads a scene on this computer with everything it refers to, and makes its manifest. Throws `scene.not-found`,
 * `scene.is-folder`, …, and `scene.missing-file` unless that is allowed.
 */
export async function readScene(path: string, options: ReadOptions): Promise<LocalScene> {
  const collected = await openScene(path, options.signal);
  const list = listScene(collected);
  if (list.missing.length > 0 && !options.allowMissing) throw missingSceneFile(list.missing);
  const packed = await packScene(collected, { ...disk(), temporary: tmpdir(), ...signalOf(options) });
  const digest = hashBytes(packed.manifest);
  const { blender } = collected.blends[0].contents.header;
  const missing = [...list.missing, ...list.missingInLibraries].slice(0, MOST_TOLD).map(toldMissing);
  return {
    ref: { manifest: digest, entry: packed.entry, blender, ...(missing.length > 0 ? { missing } : {}) },
    blobs: [
      ...packed.files.flatMap(({ file, path: source }) => blobsIn(source, file)),
      { digest, bytes: packed.manifest, size: packed.manifest.length },
    ],
    name: sceneName(path),
    fileCount: packed.files.length,
    bytes: packed.files.reduce((sum, { file }) => sum + file.size, 0),
    list,
    rewritten: packed.rewritten,
    close: () => packed.close(),
    [Symbol.asyncDispose]: () => packed.close(),
  };
}

/** The scene and what it refers to, looked at and not yet hashed. */
export async function openScene(path: string, signal?: AbortSignal) {
  const absolute = resolve(path);
  await mustBeFile(absolute, path);
  return collectScene(absolute, { ...disk(), ...(signal ? { signal } : {}) });
}

function disk() {
  return { platform: process.platform, home: homedir() };
}

function signalOf({ signal }: ReadOptions) {
  return signal ? { signal } : {};
}

function sceneName(path: string): string {
  return (
    basename(resolve(path))
      .replace(/\.blend$/i, '')
      .slice(0, 200) || 'scene'
  );
}

function toldMissing({ kind, name, path }: Need): MissingFile {
  return { kind: kind.slice(0, 64), name: name.slice(0, 1024), path: path.slice(0, 4096) };
}

async function mustBeFile(absolute: string, path: string): Promise<void> {
  const found = await stat(absolute).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new FarmError('scene.not-found', { path }, { cause });
    throw new FarmError('scene.unreadable-file', { path, why: cause.message }, { cause });
  });
  if (found.isDirectory()) throw new FarmError('scene.is-folder', { path });
  if (!found.isFile()) throw new FarmError('scene.not-blend', { path, why: 'it is not a plain file' });
}

import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { BlobSource } from '@akashganga/client';
import { FarmError, manifestBytes, ScenePath, type SceneRef } from '@akashganga/protocol';
import { hashBytes, hashFile } from '@akashganga/storage';
import { walkBlend } from './walk-blend.ts';

export interface LocalScene {
  readonly ref: SceneRef;
  readonly blobs: readonly BlobSource[];
  /** For people: the file's name without its ending. */
  readonly name: string;
  readonly bytes: number;
}

/** Checks a scene on this computer and makes its manifest. Throws `scene.not-found`, `scene.is-folder`, … */
export async function readScene(path: string): Promise<LocalScene> {
  const absolute = resolve(path);
  await mustBeFile(absolute, path);
  const { blender } = await walkBlend(absolute);
  const { digest, size } = await hashFile(absolute);
  const entry = ScenePath.safeParse(basename(absolute)).success ? basename(absolute) : 'scene.blend';
  const manifest = manifestBytes([{ path: entry, digest, size }]);
  const manifestDigest = hashBytes(manifest);
  return {
    ref: { manifest: manifestDigest, entry, blender },
    blobs: [
      { digest, path: absolute },
      { digest: manifestDigest, bytes: manifest },
    ],
    name:
      basename(absolute)
        .replace(/\.blend$/i, '')
        .slice(0, 200) || 'scene',
    bytes: size,
  };
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

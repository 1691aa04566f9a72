import { callFrom, Refusal } from '../../api/call.ts';
import type { SceneFile } from '../files/scene-files.ts';
import { type BlobFacts, describeBlob, digestOf } from './describe-blob.ts';
import { sceneManifest } from './scene-manifest.ts';
import { type Sendable, sendBlobs } from './send-blobs.ts';

// Runs beside the page, so that hashing a large scene never stops it from being drawn.

/** What the page is told while a scene travels. Bytes. */
export type SceneNews =
  | { readonly kind: 'reading' | 'sending'; readonly done: number; readonly total: number }
  | { readonly kind: 'trouble'; readonly says: string | null }
  | { readonly kind: 'sent'; readonly manifest: string }
  | { readonly kind: 'failed'; readonly says: string };

/** What is to be sent, and the address of the page that asks. */
export interface SceneOrder {
  readonly page: string;
  readonly files: readonly SceneFile[];
}

const tell = (news: SceneNews) => globalThis.postMessage(news);

globalThis.addEventListener('message', (message: MessageEvent<SceneOrder>) => {
  callFrom(message.data.page);
  send(message.data.files).then(
    (manifest) => tell({ kind: 'sent', manifest }),
    (error: unknown) => tell({ kind: 'failed', says: wordsFor(error) }),
  );
});

async function send(files: readonly SceneFile[]): Promise<string> {
  const described = await describeAll(files);
  const manifest = sceneManifest(described);
  const digest = await digestOf(manifest);
  const blobs = [
    ...described.flatMap(({ file, facts }) => sendables(file, facts)),
    { digest, size: manifest.length, bytes: new Blob([manifest]), isManifest: true },
  ];
  await sendBlobs(blobs, {
    signal: new AbortController().signal,
    onProgress: (done, total) => tell({ kind: 'sending', done, total }),
    onTrouble: (says) => tell({ kind: 'trouble', says }),
  });
  return digest;
}

async function describeAll(files: readonly SceneFile[]): Promise<(SceneFile & { facts: BlobFacts })[]> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const described: (SceneFile & { facts: BlobFacts })[] = [];
  let done = 0;
  tell({ kind: 'reading', done, total });
  for (const { path, file } of files) {
    const facts = await describeBlob(file, (bytes) => {
      done += bytes;
      tell({ kind: 'reading', done, total });
    });
    described.push({ path, file, facts });
  }
  return described;
}

function sendables(file: Blob, { pieces }: BlobFacts): Sendable[] {
  let at = 0;
  return pieces.map(({ digest, size }) => {
    const bytes = file.slice(at, at + size);
    at += size;
    return { digest, size, bytes };
  });
}

function wordsFor(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof DOMException && error.name === 'NotReadableError')
    return 'A file was changed or moved while it was read. Drop the scene again.';
  return error instanceof Error ? error.message : 'The scene could not be read.';
}

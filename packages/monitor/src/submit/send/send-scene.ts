import type { SceneFile } from '../files/scene-files.ts';
import type { SceneNews, SceneOrder } from './scene-worker.ts';

/** How far a scene has come. Bytes. */
export type Travel = Extract<SceneNews, { kind: 'reading' | 'sending' }>;

export interface SceneWatch {
  readonly onTravel: (travel: Travel) => void;
  /** The farm does not answer; null when it does again. */
  readonly onTrouble: (says: string | null) => void;
}

/** Sends the files the farm lacks and returns the digest of the scene's manifest. Rejects with words for people. */
export function sendScene(
  files: readonly SceneFile[],
  watch: SceneWatch,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./scene-worker.ts', import.meta.url), { type: 'module' });
    const end = (settle: () => void) => {
      worker.terminate();
      settle();
    };
    signal.addEventListener('abort', () => end(() => reject(new Error('It was stopped.'))), { once: true });
    worker.addEventListener('error', () =>
      end(() =>
        reject(new Error('This browser could not read the scene. Use the command `akashganga submit`.')),
      ),
    );
    worker.addEventListener('message', ({ data }: MessageEvent<SceneNews>) => {
      if (data.kind === 'sent') return end(() => resolve(data.manifest));
      if (data.kind === 'failed') return end(() => reject(new Error(data.says)));
      if (data.kind === 'trouble') return watch.onTrouble(data.says);
      watch.onTravel(data);
    });
    const page = new URL('.', window.location.href).href;
    worker.postMessage({ page, files } satisfies SceneOrder);
  });
}

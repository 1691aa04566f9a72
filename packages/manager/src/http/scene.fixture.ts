// A scene of one small file, sent as a submitter sends it.
import { type Job, manifestBytes, type NewJobInput } from '@akashganga/protocol';
import { hashBytes } from '@akashganga/storage';
import type { TestServer } from './http.fixture.ts';

export interface SmallScene {
  readonly blobs: readonly Buffer[];
  readonly scene: NewJobInput['scene'];
}

export function smallScene(text = 'BLENDER-v304', entry = 'comet.blend', size?: number): SmallScene {
  const file = Buffer.from(text);
  const manifest = manifestBytes([{ path: entry, digest: hashBytes(file), size: size ?? file.length }]);
  return { blobs: [file, manifest], scene: { manifest: hashBytes(manifest), entry, blender: '3.4' } };
}

export function jobOf({ scene }: SmallScene, changes: Partial<NewJobInput> = {}): NewJobInput {
  return { name: 'Comet', submitter: 'asha', scene, frames: '1-10', settings: {}, ...changes };
}

export async function sendBlobs(server: TestServer, blobs: readonly Buffer[]): Promise<void> {
  for (const blob of blobs) {
    const body = new Uint8Array(blob);
    const reply = await server.fetch(`/blobs/${hashBytes(blob)}`, { method: 'PUT', body });
    if (!reply.ok) throw new Error(`a blob was answered with ${reply.status}`);
  }
}

export async function submitScene(server: TestServer, changes: Partial<NewJobInput> = {}): Promise<Job> {
  const small = smallScene();
  await sendBlobs(server, small.blobs);
  return server.post<Job>('/jobs', jobOf(small, changes));
}

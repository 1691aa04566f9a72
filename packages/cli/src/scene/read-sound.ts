import { type BlobSource, blobsIn } from '@akashganga/client';
import { FarmError, manifestBytes, type NewJobInput, SOUND_FILE, type SoundWish } from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';

/** What `--sound` wishes of the film, and what has to travel for it. */
export interface LocalSound {
  readonly wish: SoundWish | undefined;
  readonly blobs: readonly BlobSource[];
}

/** `--sound FILE`, `--sound none`, `--sound scene`. Throws `usage.bad-flag` for a file that cannot be read. */
export async function readSound(sound: string | undefined, signal?: AbortSignal): Promise<LocalSound> {
  if (sound === undefined || sound === 'none' || sound === 'scene') return { wish: sound, blobs: [] };
  const facts = await describeFile(sound, signal).catch((cause: Error) => {
    signal?.throwIfAborted();
    const why = cause instanceof FarmError ? 'there is no such file' : cause.message;
    throw new FarmError('usage.bad-flag', { flag: '--sound', value: sound, why }, { cause });
  });
  const file = { path: SOUND_FILE, ...facts };
  const bytes = manifestBytes([file]);
  const digest = hashBytes(bytes);
  return { wish: { file: digest }, blobs: [...blobsIn(sound, file), { digest, bytes, size: bytes.length }] };
}

/** The job with this sound. */
export function withSound(job: NewJobInput, { wish }: LocalSound): NewJobInput {
  return wish === undefined ? job : { ...job, film: { ...job.film, sound: wish } };
}

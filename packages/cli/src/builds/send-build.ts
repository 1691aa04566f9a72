import { type BlobSource, blobsIn, type FarmClient, retryLater, sendBlobs } from '@akashganga/client';
import {
  type Build,
  buildRoutes,
  type ManifestFile,
  manifestBytes,
  type NewBuild,
} from '@akashganga/protocol';
import { describeFile, hashBytes } from '@akashganga/storage';
import type { Talk } from '../output/talk.ts';
import { sizeWords } from '../output/words.ts';
import type { BuildFile, LocalBuild } from './build-files.ts';

/** Reading is bound by the disk and hashing by one core each. */
const LANES = 4;

/** Sends what the farm lacks of a build, then tells it to hand the build out: until then it is not there. */
export async function sendBuild(
  client: FarmClient,
  build: LocalBuild,
  origin: NewBuild['origin'],
  talk: Talk,
  signal: AbortSignal,
): Promise<Build> {
  const { files, blobs } = await describeFiles(build.files, signal);
  const manifest = manifestBytes(files);
  const digest = hashBytes(manifest);
  const all = [...blobs, { digest, bytes: manifest, size: manifest.length }];
  const { sent, bytes } = await sendBlobs(client, all, { signal });
  talk.say(sent === 0 ? 'The farm has all its files already.' : `Sent ${sizeWords(bytes)}.`);
  const { version, platform, entry } = build;
  const body: NewBuild = { version, platform, entry, manifest: digest, origin };
  return retryLater(() => client.call(buildRoutes.add, { body, signal, timeoutSeconds: 120 }), {
    signal,
    forSeconds: 60,
  });
}

async function describeFiles(
  files: readonly BuildFile[],
  signal: AbortSignal,
): Promise<{ files: ManifestFile[]; blobs: BlobSource[] }> {
  const described: ManifestFile[] = [];
  const blobs: BlobSource[] = [];
  const queue = [...files];
  const lane = async () => {
    for (let file = queue.pop(); file; file = queue.pop()) {
      const { path, source, executable } = file;
      const facts = await describeFile(source, signal);
      described.push({ path, ...facts, ...(executable ? { executable } : {}) });
      blobs.push(...blobsIn(source, facts));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { files: described, blobs };
}

import { type BlobSource, blobsIn, type FarmClient, retryLater, sendBlobs } from '@akashganga/client';
import {
  type Build,
  buildRoutes,
  type ManifestFile,
  manifestBytes,
  type NewBuild,
} from '@akashganga/protocol';
import { describeFile, eachOf, hashBytes } from '@akashganga/storage';
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
  const { sent, bytes } = await sendBlobs(client, all, {
    signal,
    onProgress: ({ sent: done, total }) => talk.draw(`Sending ${sizeWords(done)} of ${sizeWords(total)}`),
  });
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
  await eachOf(files, LANES, async ({ path, source, executable }) => {
    const facts = await describeFile(source, signal);
    described.push({ path, ...facts, ...(executable ? { executable } : {}) });
    blobs.push(...blobsIn(source, facts));
  });
  return { files: described, blobs };
}

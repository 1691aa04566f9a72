import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { type BlobSource, type FarmClient, retryLater, sendBlobs } from '@akashganga/client';
import { type FarmError, type Job, jobRoutes, type NewJobInput } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { sizeWords } from '../output/words.ts';

/** Sends what the farm lacks of the scene and its sound, then the job. Sent twice because an answer was lost, it is one job. */
export async function sendJob(
  client: FarmClient,
  things: readonly { readonly blobs: readonly BlobSource[] }[],
  job: NewJobInput,
  talk: Talk,
  signal: AbortSignal,
): Promise<Job> {
  const said = new Set<string>();
  // Each reason once: why nothing seems to go on.
  const onWait = ({ code, says }: FarmError) => {
    if (!said.has(code)) talk.say(says);
    said.add(code);
  };
  const { sent, bytes } = await sendBlobs(
    client,
    things.flatMap(({ blobs }) => blobs),
    { signal, onWait },
  );
  talk.say(sent === 0 ? 'The farm has the scene already.' : `Sent the scene, ${sizeWords(bytes)}.`);
  const id = `j${randomBytes(5).toString('hex')}`;
  return retryLater(() => client.call(jobRoutes.submit, { body: { ...job, id }, signal }), {
    signal,
    forSeconds: 300,
    onWait,
  });
}

export function submitterName(): string {
  try {
    return userInfo().username || 'someone';
  } catch {
    return 'someone';
  }
}

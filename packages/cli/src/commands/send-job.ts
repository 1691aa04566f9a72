import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { type FarmClient, retryLater, sendBlobs } from '@akashganga/client';
import { type FarmError, type Job, jobRoutes, type NewJobInput } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { sizeWords } from '../output/words.ts';
import type { LocalScene } from '../scene/read-scene.ts';

/** Sends what the farm lacks of the scene, then the job. Sent twice because an answer was lost, it is one job. */
export async function sendJob(
  client: FarmClient,
  scene: LocalScene,
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
  const { sent, bytes } = await sendBlobs(client, scene.blobs, { signal, onWait });
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

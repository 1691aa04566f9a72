import type { EncodeOrder } from '@akashganga/protocol';

const LONGEST = 300;

/** What a film says of itself, where its container can: the name of its job, and which of its pictures are none of the scene. */
export function filmMetadata({ name, failed }: Pick<EncodeOrder, 'name' | 'failed'>): string[] {
  const title = ['-metadata', `title=${name}`];
  if (failed === null) return title;
  const frames = failed.length > LONGEST ? `${failed.slice(0, LONGEST)}…` : failed;
  return [...title, '-metadata', `comment=Frames that failed and are shown by a marked picture: ${frames}`];
}

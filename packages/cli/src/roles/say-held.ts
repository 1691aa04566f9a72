import { formatFrames } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';

/** Says which frames a worker leaves with on its disk. */
export function sayHeld(talk: Talk) {
  return (held: readonly { readonly job: string; readonly frame: number }[]): void => {
    for (const job of new Set(held.map((one) => one.job))) {
      const frames = held.filter((one) => one.job === job).map(({ frame }) => frame);
      const spec = formatFrames(frames.sort((a, b) => a - b));
      talk.fact({ event: 'held', job, frames: spec });
      talk.complain(
        `No frame server takes frames ${spec} of ${job}. They are kept here and delivered when this worker is started again.`,
      );
    }
  };
}

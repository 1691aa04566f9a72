import type { FollowedFrame, LogPart } from '@akashganga/protocol';
import type { Slot } from './slot.ts';

/** What is new in the logs of the frames that somebody follows; nothing of those that are not rendered here now. */
export function tailsOf(slots: readonly Slot[], followed: readonly FollowedFrame[]): LogPart[] {
  return followed
    .flatMap((frame) => slots.map((slot) => slot.tailOf(frame)))
    .filter((tail) => tail !== null)
    .filter(({ lines }) => lines.length > 0);
}

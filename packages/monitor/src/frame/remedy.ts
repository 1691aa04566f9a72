import type { ShownAttempt } from '@akashganga/protocol';

const remedies: Readonly<Record<NonNullable<ShownAttempt['class']>, string>> = {
  scene: 'This lies with the scene: change it and submit it again.',
  machine:
    'This lies with that computer: its page says more. The frame is tried again, elsewhere if it happens twice.',
  capacity: 'The frame needs more memory than there was: it is tried alone, then on a larger computer.',
  transient: 'This passes: the frame is tried again, three times in all.',
};

/** Who can mend what ended an attempt, and what the farm does meanwhile. */
export function remedyOf(problemClass: NonNullable<ShownAttempt['class']>): string {
  return remedies[problemClass];
}

import type { OddFrames } from '@akashganga/protocol';
import { count as counted } from '../words/amount.ts';

/** What a person may want to look at again, of `total` frames of a job. */
export function oddWords({ look, count }: OddFrames, total: number): string {
  const frames = count === total && total > 1 ? `All ${counted(total, 'frame')}` : counted(count, 'frame');
  const one = count === 1;
  switch (look) {
    case 'black':
      return `${frames} ${one ? 'is' : 'are'} black all over`;
    case 'transparent':
      return `${frames} ${one ? 'is' : 'are'} transparent all over`;
    case 'unlike':
      return `${frames} ${one ? 'is' : 'are'} unlike the frames beside`;
    case 'hasty':
      return `${frames} came far too soon at first and ${one ? 'was' : 'were'} rendered again`;
    case 'differs':
      return `${frames} came twice with different pixels; the first was kept`;
  }
}

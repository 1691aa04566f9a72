import { z } from 'zod';
import { Digest } from '../digest.ts';
import { FrameNumber } from '../ids.ts';

/** The one file of a sound's manifest. */
export const SOUND_FILE = 'sound';

/** Which sound a film gets: the scene's own (the default), none, or a file that was sent: the digest of its manifest. */
export const SoundWish = z.union([z.enum(['scene', 'none']), z.object({ file: Digest })]);
export type SoundWish = z.infer<typeof SoundWish>;

/** What became of mixing the scene's sound: a manifest with one file that begins with frame `first`; or why there is none. */
export const SoundMix = z
  .union([z.object({ manifest: Digest, first: FrameNumber }), z.object({ failed: z.string().max(1000) })])
  .meta({ id: 'SoundMix' });
export type SoundMix = z.infer<typeof SoundMix>;

/** Which frames the scene's sound is mixed for; null: the scene's own range. */
export const MixOrder = z.object({ frames: z.string().nullable() });
export type MixOrder = z.infer<typeof MixOrder>;

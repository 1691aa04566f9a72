import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The graphics cards of the pretended computer, from `cards.json` in the folder FAKE_BLENDER_STATE: none without it. Each
 * has what Cycles tells of one (kind, id, name); `fault` is what Blender says when it renders on it, `isWrong` makes its
 * pictures others than the processor's.
 */
export function fakeCards(state) {
  if (!state) return [];
  try {
    return JSON.parse(readFileSync(join(state, 'cards.json'), 'utf8'));
  } catch {
    return [];
  }
}

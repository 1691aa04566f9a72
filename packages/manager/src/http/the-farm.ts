import { FarmError } from '@akashganga/protocol';
import type { Farm } from '../farm/farm.ts';
import type { Rooms } from './app.ts';

/** The farm, or `farm.standing-by` while another manager leads it. */
export function theFarm(rooms: Rooms): Farm {
  const farm = rooms.farm();
  if (!farm) throw new FarmError('farm.standing-by');
  return farm;
}

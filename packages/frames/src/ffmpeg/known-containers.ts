import { Container } from '@akashganga/protocol';
import { filmRecipes } from '../film/encoder/film-recipes.ts';
import { listEncoders } from './list-encoders.ts';

/** The containers this ffmpeg can write. It is asked once; an ffmpeg that does not run can write none. */
export async function knownContainers(ffmpeg: string): Promise<readonly Container[]> {
  const encoders = await listEncoders(ffmpeg);
  return Container.options.filter((container) =>
    filmRecipes[container].encoders.some((encoder) => encoders.has(encoder)),
  );
}

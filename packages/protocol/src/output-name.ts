import { z } from 'zod';
import { ScenePath } from './manifest.ts';

/**
 * The name of a picture that comes beside a frame's own: `Mist`, or `Passes/Mist` for one of several of a node. It
 * becomes a path on the frame server and on the computers of people, so nothing in it is hidden or leads up.
 */
export const OutputName = z
  .string()
  .max(300)
  .refine(isOutputName, 'is no name of an output')
  .meta({ id: 'OutputName', example: 'Passes/Mist' });
export type OutputName = z.infer<typeof OutputName>;

function isOutputName(name: string): boolean {
  const parts = name.split('/');
  const plain = (part: string) => /^(?!\.)[\p{L}\p{N}\p{M}_ .()+-]+$/u.test(part);
  return parts.length <= 2 && parts.every(plain) && ScenePath.safeParse(name).success;
}

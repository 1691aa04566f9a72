import { z } from 'zod';
import { FrameNames, USUAL_NAMES } from './frame-names.ts';

/** What of a job goes into a zip: its frames, the pictures that came beside them, its film. */
export const ZipPart = z.enum(['frames', 'outputs', 'film']);
export type ZipPart = z.infer<typeof ZipPart>;

const ZipParts = z
  .string()
  .max(100)
  .refine(
    (list) => list.split(',').every((part) => ZipPart.safeParse(part).success),
    'is no list of frames, outputs, film',
  )
  .meta({ example: 'frames,film' });

/** Longer ones do not fit into the head of a request. */
const LONGEST_SPEC = 10_000;

export const ZipQuery = z.object({
  frames: z
    .string()
    .max(LONGEST_SPEC)
    .optional()
    .meta({ description: 'A frame spec. Default: all frames of the job' }),
  what: ZipParts.default('frames'),
  name: FrameNames.default(USUAL_NAMES).meta({ description: 'How the files of frames are called' }),
});
export type ZipQuery = z.infer<typeof ZipQuery>;

/** The same between manager and frame server, which knows neither the job's name nor what its frames are. */
export const ZipOrder = ZipQuery.extend({
  frames: z.string().max(LONGEST_SPEC),
  title: z.string().min(1).max(1024),
});
export type ZipOrder = z.infer<typeof ZipOrder>;

/** What the head of the answer says, since a zip is sent before anybody knows its length. */
export const zipHeaders = {
  /** Files of frames and films that are in it. */
  files: 'akashganga-files',
  /** Frames that were asked for and are not there; MISSING.txt in the zip names them. */
  missing: 'akashganga-missing',
} as const;

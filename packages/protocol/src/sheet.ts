import { z } from 'zod';
import { JobId } from './ids.ts';

/** Pictures on a contact sheet at most. Of more frames an even sample is shown. */
export const SHEET_PICTURES = 400;
/** Frames of a sprite: ten rows of ten. */
export const SPRITE_FRAMES = 100;
export const SPRITE_COLUMNS = 10;

/** Longer ones do not fit into the head of a request. */
const LONGEST_SPEC = 10_000;
const spec = z.string().max(LONGEST_SPEC);

/** How a contact sheet looks. */
export const SheetQuery = z.object({
  frames: spec.optional().meta({ description: 'A frame spec. Default: all frames of the job' }),
  columns: z.coerce.number().int().min(1).max(20).default(8),
  width: z.coerce
    .number()
    .int()
    .min(32)
    .max(320)
    .default(160)
    .meta({ description: 'Of one picture, in pixels; less when the sheet would become too large' }),
});
export type SheetQuery = z.infer<typeof SheetQuery>;

/** The same between manager and frame server: the frames to show, which of them failed, and of how many they are a sample. */
export const SheetOrder = SheetQuery.extend({
  frames: spec,
  failed: spec.default(''),
  asked: z.coerce.number().int().positive(),
});
export type SheetOrder = z.infer<typeof SheetOrder>;

/** What the head of a sheet says. */
export const sheetHeaders = {
  /** Frames that were asked for. */
  asked: 'akashganga-frames-asked',
  /** Frames that have a place on the sheet. */
  shown: 'akashganga-frames-shown',
  /** Of these, those without a picture. */
  missing: 'akashganga-missing',
} as const;

/** Which sprite: sprite n holds the frames at positions 100 n … 100 n + 99, in the order of their numbers. */
export const SpritePath = z.object({
  job: JobId,
  // Coercion accepts anything, so OpenAPI must be told that it is not optional.
  sprite: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .meta({ param: { in: 'path', required: true } }),
});

export const SpriteQuery = z.object({
  version: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .meta({ description: 'The ETag of an answer: its sprite may be kept for good' }),
});
export type SpriteQuery = z.infer<typeof SpriteQuery>;

/** The same between manager and frame server, which does not know what the job's frames are. */
export const SpriteOrder = SpriteQuery.extend({ frames: spec });

/** What the head of a sprite says. */
export const spriteHeaders = {
  /** The frames whose cells are filled, as a spec. */
  here: 'akashganga-here',
  /** Width and height of a cell in pixels, as `96x54`. */
  cell: 'akashganga-cell',
} as const;

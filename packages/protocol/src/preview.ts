import { z } from 'zod';
import { JobId } from './ids.ts';

/** Frames in a piece of a preview; the last piece may have fewer. A bit each fits into a number. */
export const PREVIEW_PIECE_FRAMES = 24;
/** Pieces in one answer at most. */
const MOST_PIECES = 100;

/** Codecs of a preview. Browsers without H.264 are sent VP9. */
export const PreviewCodec = z.enum(['h264', 'vp9']);
export type PreviewCodec = z.infer<typeof PreviewCodec>;

/** The media type of a piece, as a browser wants to have it before the first one. Profile and level are bounds. */
export const previewMediaType: Readonly<Record<PreviewCodec, string>> = {
  h264: 'video/mp4; codecs="avc1.4d4020"',
  vp9: 'video/mp4; codecs="vp09.00.31.08"',
};

/** Which pieces are asked about. */
export const PreviewQuery = z.object({
  from: z.coerce.number().int().nonnegative().default(0).meta({ description: 'The first piece' }),
  count: z.coerce.number().int().min(1).max(MOST_PIECES).default(20),
  codec: PreviewCodec.default('h264'),
});
export type PreviewQuery = z.infer<typeof PreviewQuery>;

/** Names what a piece was made of: another version is another video. */
const Version = z.string().regex(/^[0-9a-f]{16}$/);

/** Which piece, and which version of it: what the address names never changes. */
export const PreviewPiecePath = z.object({
  job: JobId,
  // Coercion accepts anything, so OpenAPI must be told that it is not optional.
  piece: z.coerce
    .number()
    .int()
    .nonnegative()
    .meta({ param: { in: 'path', required: true } }),
});
export const PreviewPieceQuery = z.object({ version: Version, codec: PreviewCodec.default('h264') });

export const PreviewPiece = z
  .object({
    piece: z.number().int().nonnegative(),
    version: Version,
    frames: z
      .number()
      .int()
      .min(1)
      .max(PREVIEW_PIECE_FRAMES)
      .meta({ description: 'Pictures in it, from its first position on' }),
    here: z
      .number()
      .int()
      .nonnegative()
      .meta({ description: 'Bit n: its nth frame is there. Where it is not, the picture before is held' }),
  })
  .meta({ id: 'PreviewPiece' });
export type PreviewPiece = z.infer<typeof PreviewPiece>;

/** A part of the film as it is now. Positions count from 0, in the order of the frames' numbers. */
export const Preview = z
  .object({
    frames: z.number().int().positive().meta({ description: 'Frames of the whole film' }),
    end: z.number().int().positive().meta({ description: 'The position after the last frame that is there' }),
    rate: z
      .object({ numerator: z.number().int().positive(), denominator: z.number().int().positive() })
      .meta({ description: 'Frames a second' }),
    mediaType: z.string().meta({ description: 'Of every piece, with its codec' }),
    pieceFrames: z.literal(PREVIEW_PIECE_FRAMES).meta({ description: 'From one piece to the next' }),
    pieces: z.array(PreviewPiece),
  })
  .meta({ id: 'Preview' });
export type Preview = z.infer<typeof Preview>;

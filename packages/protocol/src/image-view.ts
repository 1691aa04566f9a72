import { z } from 'zod';

/** How an OpenEXR frame is looked at; without either it comes as it was rendered. */
export const ImageQuery = z.object({
  exposure: z.coerce.number().min(-20).max(20).optional().meta({
    description: 'In stops. Of an OpenEXR frame: gives a JPEG of it in plain sRGB',
    example: 1,
  }),
  layer: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'Of an OpenEXR frame: the layer to show' }),
});
export type ImageQuery = z.infer<typeof ImageQuery>;

/** What the head of a view says. */
export const viewHeaders = {
  /** The layers with colours, percent-encoded, with commas; no more than fit into a head. */
  layers: 'akashganga-layers',
} as const;

import type { ProbeReport } from '../job.ts';
import type { PixelKind } from './pixels-of.ts';

const channelsOf: Readonly<Record<string, number>> = { BW: 1, RGB: 3, RGBA: 4 };

/**
 * What the pixels of a scene's pictures have to be, where that is certain: measured with Blender 3.4.1 for every mode of
 * every format. A gray OpenEXR has four channels, an opaque WebP three, and layers and views are not one picture; such
 * formats promise nothing.
 */
export function promisedPixels(
  report: Pick<ProbeReport, 'extension' | 'format' | 'colorMode' | 'colorDepth'>,
): PixelKind {
  const { extension, format, colorMode, colorDepth } = report;
  const channels = channelsOf[colorMode] ?? null;
  const depth = Number(colorDepth) || null;
  if (extension === '.png') return { channels, depth };
  if (extension === '.jpg') return { channels: channels === 1 ? 1 : 3, depth: 8 };
  if (format === 'OPEN_EXR' && channels !== 1) return { channels, depth };
  return { channels: null, depth: null };
}

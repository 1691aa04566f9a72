import type { PreviewCodec } from '@akashganga/protocol';
import type { Fraction } from '../film/encoder/exact-rate.ts';

/** What a preview is made with: little work for the encoder, and a picture to jump to twice a piece. */
const encoders = {
  h264: {
    encoder: 'libx264',
    args: ['-preset', 'superfast', '-crf', '26', '-profile:v', 'main', '-bf', '0', '-sc_threshold', '0'],
  },
  vp9: {
    encoder: 'libvpx-vp9',
    args: ['-deadline', 'realtime', '-cpu-used', '8', '-crf', '36', '-b:v', '0', '-lag-in-frames', '0'],
  },
} as const satisfies Record<PreviewCodec, { encoder: string; args: readonly string[] }>;

const KEY_FRAMES = ['-g', '12', '-keyint_min', '12'];
/** Starts with its headers and needs nothing after itself: it can be written to a pipe and appended anywhere. */
const FRAGMENT = ['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof+frag_keyframe', 'pipe:1'];
const COLOURS =
  'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/** ffmpeg's name of the encoder. */
export function previewEncoder(codec: PreviewCodec): string {
  return encoders[codec].encoder;
}

/** Pixels from stdin (RGB, 8 bits), a piece to stdout. */
export function pieceArguments(
  codec: PreviewCodec,
  { width, height }: { readonly width: number; readonly height: number },
  { numerator, denominator }: Fraction,
): string[] {
  const { encoder, args } = encoders[codec];
  return [
    ...['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', `${width}x${height}`],
    ...['-framerate', `${numerator}/${denominator}`, '-i', 'pipe:0', '-vf', COLOURS, '-an'],
    ...['-c:v', encoder, ...args, ...KEY_FRAMES, ...FRAGMENT],
  ];
}

import { listEncoders } from './list-encoders.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

/** Encoders of graphics cards and chips that take pictures as others do; those of VA-API want to be fed in a way of their own. */
const HARDWARE = /_(nvenc|qsv|amf|videotoolbox|v4l2m2m|omx|mf)$/;
const VIDEO = /^(h264|hevc|av1|vp8|vp9)_/;
const SECONDS = 10;

export interface HardwareEncoders {
  /** That this ffmpeg was built with. */
  readonly known: readonly string[];
  /** That made a film of some pictures just now. */
  readonly working: readonly string[];
}

/** Which encoders in hardware work here. That ffmpeg knows one says nothing, so each gets a film of eight pictures to make. */
export async function tryHardware(ffmpeg: string): Promise<HardwareEncoders> {
  const known = [...(await listEncoders(ffmpeg))].filter((name) => HARDWARE.test(name) && VIDEO.test(name));
  const working: string[] = [];
  for (const name of known) if (await works(ffmpeg, name)) working.push(name);
  return { known, working };
}

async function works(ffmpeg: string, encoder: string): Promise<boolean> {
  const pictures = [
    '-f',
    'lavfi',
    '-i',
    'testsrc=size=320x240:rate=24',
    '-frames:v',
    '8',
    '-pix_fmt',
    'yuv420p',
  ];
  const run = runFfmpeg(
    ffmpeg,
    [...pictures, '-c:v', encoder, '-f', 'null', '-'],
    AbortSignal.timeout(SECONDS * 1000),
  );
  run.stdin.end();
  run.stdout.resume();
  return (await run.ended).ok;
}

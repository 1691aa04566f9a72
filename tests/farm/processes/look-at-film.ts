import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { tinyPng } from '../../fakes/fake-blender/tiny-png.mjs';

const run = promisify(execFile);

export interface FilmLook {
  readonly format: string;
  readonly codec: string;
  readonly frames: number;
  readonly rate: string;
  readonly averageRate: string;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

interface Probe {
  readonly format: { format_name: string; duration: string };
  readonly streams: readonly {
    codec_name: string;
    nb_read_frames: string;
    r_frame_rate: string;
    avg_frame_rate: string;
    width: number;
    height: number;
  }[];
}

/** What ffprobe sees when it decodes all pictures of a film. */
export async function lookAtFilm(path: string): Promise<FilmLook> {
  const show =
    'format=format_name,duration:stream=codec_name,nb_read_frames,r_frame_rate,avg_frame_rate,width,height';
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v',
    '-count_frames',
    '-show_entries',
    show,
    '-of',
    'json',
    path,
  ];
  const { format, streams } = JSON.parse((await run('ffprobe', args)).stdout) as Probe;
  const [stream] = streams;
  if (!stream || streams.length > 1) throw new Error(`${streams.length} streams in ${path}`);
  return {
    format: format.format_name,
    codec: stream.codec_name,
    frames: Number(stream.nb_read_frames),
    rate: stream.r_frame_rate,
    averageRate: stream.avg_frame_rate,
    width: stream.width,
    height: stream.height,
    seconds: Number(format.duration),
  };
}

/** The digest of the picture that the fake Blender makes of a frame. */
export function fakeDigest(width: number, height: number, frame: number): string {
  return `sha256:${createHash('sha256')
    .update(tinyPng(width, height, frame))
    .digest('hex')}`;
}

/** How often the fake Blender rendered each frame. */
export async function countRenders(log: string): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  const text = await readFile(log, 'utf8').catch(() => '');
  for (const line of text.split('\n').filter(Boolean)) {
    const frame = Number(line.split(' ')[0]);
    counts.set(frame, (counts.get(frame) ?? 0) + 1);
  }
  return counts;
}

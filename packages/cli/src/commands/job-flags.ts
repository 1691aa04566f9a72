import {
  Container as Containers,
  FarmError,
  FrameOrder,
  type GiveOrder,
  GiveOrder as GiveOrders,
  type NewJobInput,
  PictureFormat,
  parseFrames,
  type RenderSettings,
} from '@akashganga/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import type { LocalScene } from '../scene/read-scene.ts';
import { type FilmFlags, filmFrom, withFilmFlags } from './film-flags.ts';
import { type TermFlags, termsFrom, withTermFlags } from './job-terms.ts';

export interface JobFlags extends TermFlags, FilmFlags {
  readonly frames?: string;
  readonly framesDir?: string;
  /** How the files in it are called. */
  readonly name?: string;
  /** false: `--no-film`. */
  readonly film?: boolean;
  readonly fps?: number;
  readonly scale?: number;
  readonly engine?: string;
  readonly samples?: number;
  readonly camera?: string;
  readonly scene?: string;
  readonly viewLayer?: string;
  readonly priority: number;
  readonly tag: string[];
  readonly chunk: 'auto' | number;
  readonly blender?: string;
  readonly split: string;
  readonly allowMissing?: boolean;
  readonly trustScripts?: boolean;
  readonly history?: string;
  readonly picture?: string;
  readonly device?: string;
  readonly verify?: number;
  readonly workers?: number;
  readonly slowMotion?: boolean;
  readonly order: GiveOrder;
  readonly paused?: boolean;
  readonly lookFirst?: boolean;
}

/** The flags of `render` and `submit`. */
export function withJobFlags(command: Command): Command {
  return withFilmFlags(withTermFlags(command))
    .option('--frames <spec>', "1-250, 1,5,9, 1-100x5, -10--1 (default: the scene's range)")
    .option('--output <file>', `the film; its ending picks the container: ${Containers.options.join(', ')}`)
    .option('--frames-dir <dir>', 'keep the frames in this folder too')
    .option('--name <template>', 'how the files in --frames-dir are called, as {job}_{frame:05}')
    .option('--no-film', 'make no film; the job ends with its last frame')
    .option('--fps <n>', "pictures a second (default: the scene's)", positive)
    .option('--scale <percent>', "percent of the scene's size", wholeFrom(1))
    .option('--engine <name>', 'CYCLES, BLENDER_EEVEE, BLENDER_WORKBENCH')
    .option('--samples <n>', 'samples a pixel', wholeFrom(1))
    .option('--camera <name>', 'render from this camera')
    .option('--scene <name>', 'render this scene of the file')
    .option('--view-layer <name>', 'render this view layer only')
    .option('--priority <0-100>', 'higher goes first', priority, 50)
    .option('--tag <tag>', 'only on workers with this tag (may be given again)', collect, [])
    .option('--chunk <n|auto>', 'frames in a lease', chunk, 'auto')
    .option('--blender <version>', 'render with this series, as 3.4, or exactly this version, as 3.4.1')
    .option('--split <how>', 'auto, never, tiles or samples', 'auto')
    .option(
      '--order <order>',
      'forward, or coarse: every 16th frame first, then every 8th, …',
      order,
      'forward',
    )
    .option('--paused', 'wait for `akashganga resume`')
    .option('--look-first', 'read the scene and say what it is, then wait for `akashganga resume`')
    .option('--allow-missing', 'render although files are missing or drivers fail')
    .option('--trust-scripts', "run the scene's scripts")
    .option('--history <how>', 'any, sequence or cold (default: what the scene needs)')
    .option(
      '--picture <format>',
      `format of the frames: ${PictureFormat.options.join(', ')} (default: the scene's)`,
    )
    .option('--device <kind>', "cpu or gpu, for Cycles (default: the scene's)")
    .option('--verify <n>', 'render n frames a second time, alone, and compare', wholeFrom(0))
    .option('--workers <n>', 'workers of a farm started by render', wholeFrom(1))
    .option('--slow-motion', 'wait between states, so that people can watch the farm think');
}

/** The job that the flags describe. Throws what is wrong with them, before anything is started. */
export function jobFrom(flags: JobFlags, scene: LocalScene, submitter: string): NewJobInput {
  if (flags.split === 'tiles' || flags.split === 'samples')
    throw new FarmError('usage.not-yet', { what: `--split ${flags.split}` });
  if (flags.split !== 'auto' && flags.split !== 'never')
    throw new FarmError('usage.bad-flag', {
      flag: '--split',
      value: flags.split,
      why: 'it is auto, never, tiles or samples',
    });
  if (flags.frames !== undefined) parseFrames(flags.frames);
  return {
    name: scene.name,
    submitter,
    scene: flags.blender ? { ...scene.ref, blender: blenderVersion(flags.blender) } : scene.ref,
    frames: flags.frames ?? null,
    settings: settingsFrom(flags),
    priority: flags.priority,
    tags: flags.tag,
    chunk: flags.chunk === 'auto' ? null : flags.chunk,
    ...filmOrNone(flags),
    fps: flags.fps ?? null,
    slowMotion: flags.slowMotion ?? false,
    paused: flags.paused ?? false,
    lookFirst: flags.lookFirst ?? false,
    order: flags.order,
    ...termsFrom(flags),
  };
}

/** As `filmFrom`, or no film; then flags that wish something of one are refused. */
export function filmOrNone(flags: JobFlags): Pick<NewJobInput, 'container' | 'film'> {
  if (flags.film !== false) return filmFrom(flags);
  const { output, preset, codec, quality, depth, filmSize, alpha, background, ffmpeg, sound } = flags;
  const given = { output, preset, codec, quality, depth, filmSize, alpha, background, ffmpeg, sound };
  const [wish] = Object.entries({ ...given, fps: flags.fps }).find(([, value]) => value !== undefined) ?? [];
  if (wish !== undefined)
    throw new FarmError('usage.bad-flag', {
      ...{ flag: '--no-film', value: '' },
      why: `it goes with no --${wish === 'filmSize' ? 'film-size' : wish}, which is about the film`,
    });
  return { film: { none: true, ...(flags.strict ? { strict: true } : {}) } };
}

function settingsFrom(flags: JobFlags): RenderSettings {
  const { scene, camera, viewLayer, engine, samples, scale, allowMissing, trustScripts, verify } = flags;
  const history = oneOf('--history', flags.history, FrameOrder.options);
  const device = oneOf('--device', flags.device, ['cpu', 'gpu'] as const);
  const format = oneOf('--picture', flags.picture, PictureFormat.options);
  const names = { scene, camera, viewLayer, engine, samples, scale, format };
  const given = { ...names, allowMissing, trustScripts, history, device, verify };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function oneOf<T extends string>(
  flag: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  const found = known.find((one) => one === value);
  if (value !== undefined && found === undefined)
    throw new FarmError('usage.bad-flag', { flag, value, why: `it is one of ${known.join(', ')}` });
  return found;
}

function blenderVersion(text: string): string {
  if (!/^\d+\.\d+(\.\d+)?$/.test(text))
    throw new FarmError('usage.bad-flag', {
      flag: '--blender',
      value: text,
      why: 'a version looks like 3.4 or 3.4.1',
    });
  return text;
}

export function wholeFrom(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`It is a whole number from ${least} on.`);
    return value;
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('It is a number above 0, up to 1000.');
  return value;
}

export function priority(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 100)
    throw new InvalidArgumentError('It is a whole number from 0 to 100.');
  return value;
}

function order(text: string): GiveOrder {
  const parsed = GiveOrders.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It is forward or coarse.');
  return parsed.data;
}

function chunk(text: string): 'auto' | number {
  return text === 'auto' ? 'auto' : wholeFrom(1)(text);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

import {
  type Container,
  Container as Containers,
  checkFilmArguments,
  containerOf,
  FarmError,
  FilmCodec,
  FilmPreset,
  type FilmSettings,
  type FilmSize,
  filmCodec,
  splitArguments,
  usualContainer,
} from '@akashganga/protocol';
import { type Command, InvalidArgumentError } from 'commander';

/** Flags that say what a film is like. */
export interface FilmFlags {
  readonly output?: string;
  readonly preset?: string;
  readonly codec?: string;
  readonly quality?: number;
  readonly depth?: number;
  readonly filmSize?: FilmSize;
  readonly alpha?: string;
  readonly background?: string;
  readonly ffmpeg?: string;
  readonly strict?: boolean;
  readonly sound?: string;
}

export function withFilmFlags(command: Command): Command {
  return command
    .option('--preset <name>', `what the film is for: ${FilmPreset.options.join(', ')}`)
    .option('--codec <name>', `how its pictures are kept: ${FilmCodec.options.join(', ')}`)
    .option('--quality <1-100>', 'of its pictures; more is better and larger', quality)
    .option('--depth <bits>', '8, 10 or 16 bits for each channel', Number)
    .option('--film-size <size>', 'of its pictures: 1280x720, 1280 or 50%', filmSize)
    .option('--alpha <how>', 'keep or none (default: kept where the scene has no sky and the codec can)')
    .option('--background <colour>', 'behind what is transparent, as #203040 (default: black)')
    .option('--ffmpeg <arguments>', 'more arguments for the encoder, as "-tune film"; checked')
    .option('--sound <file>', "of the film: a file, or none (default: the scene's own)")
    .option('--strict', 'no film if a frame failed; otherwise a marked picture takes its place');
}

/** What the flags wish of the film, and its container. Throws what is wrong with them, before anything is started. */
export function filmFrom(flags: FilmFlags): { container: Container; film: FilmSettings } {
  const { output, quality, strict, filmSize: size, background } = flags;
  const preset = known('--preset', flags.preset, FilmPreset.options);
  const codec = known('--codec', flags.codec, FilmCodec.options);
  const alpha = known('--alpha', flags.alpha, ['auto', 'keep', 'none'] as const);
  const depth = known('--depth', flags.depth, [8, 10, 16] as const);
  const ffmpeg = flags.ffmpeg === undefined ? undefined : splitArguments(flags.ffmpeg);
  if (background !== undefined && !/^#[0-9a-f]{6}$/i.test(background))
    throw new FarmError('usage.bad-flag', {
      ...{ flag: '--background', value: background },
      why: 'a colour is written as #203040',
    });
  checkFilmArguments(ffmpeg ?? []);
  const given = { preset, codec, quality, depth, alpha, background, size, ffmpeg, strict };
  const film: FilmSettings = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  const container = containerFrom(output) ?? usualContainer(film);
  filmCodec(container, film);
  return { container, film };
}

/** The container that `--output` asks for, or null without one; throws `film.unknown-container`. */
export function containerFrom(output: string | undefined): Container | null {
  if (output === undefined) return null;
  const container = containerOf(output);
  if (!container)
    throw new FarmError('film.unknown-container', { ending: output, known: Containers.options });
  return container;
}

function known<T extends string | number>(
  flag: string,
  value: string | number | undefined,
  all: readonly T[],
): T | undefined {
  const found = all.find((one) => one === value);
  if (value !== undefined && found === undefined)
    throw new FarmError('usage.bad-flag', { flag, value, why: `it is one of ${all.join(', ')}` });
  return found;
}

function quality(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100)
    throw new InvalidArgumentError('It is a whole number from 1 to 100.');
  return value;
}

function filmSize(text: string): FilmSize {
  const [, width, height] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? [];
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  const side = (value: string) => Math.max(1, Math.min(16_384, Number(value)));
  if (percent !== undefined && Number(percent) >= 1 && Number(percent) <= 400)
    return { percent: Number(percent) };
  if (width === undefined) throw new InvalidArgumentError('It is written as 1280x720, 1280 or 50%.');
  return height === undefined ? { width: side(width) } : { width: side(width), height: side(height) };
}

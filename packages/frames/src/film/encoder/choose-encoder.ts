import { type EncodeOrder, FarmError, type FilmSettings, filmCodec } from '@akashganga/protocol';
import type { PixelKind } from '../../pictures/pixels.ts';
import { exactRate, type Fraction } from './exact-rate.ts';
import {
  codecEncoders,
  type Encoder,
  type EncoderRecipe,
  encoderRecipe,
  filmRecipes,
  type PixelFormat,
} from './film-recipes.ts';

/** All that decides how frames become a film, but the frames. The same choice gives the same pictures. */
export interface ChosenEncoder {
  /** ffmpeg's name of it. */
  readonly encoder: string;
  readonly rate: Fraction;
  readonly evenSize: boolean;
  /** Its files say which colours they hold. */
  readonly tagged: boolean;
  /** Parts that were encoded by themselves can be joined. */
  readonly joins: boolean;
  /** How the frames are handed over. */
  readonly pixels: PixelKind;
  /** How the encoder gets them; null leaves that to ffmpeg. */
  readonly format: PixelFormat | null;
  /** With its quality, and what people added. */
  readonly args: readonly string[];
  /** What people want done with the pictures, in ffmpeg's words. What comes out can only be counted then. */
  readonly filter: string | null;
  /** What shows where a frame is transparent, if the film is not. */
  readonly background: string;
  readonly size: FilmSettings['size'] | null;
  /** A decoder must give back the frames, bit by bit. */
  readonly exact: boolean;
  /** What ffmpeg is told of a decoder, to look at the film. */
  readonly decoder: readonly string[];
  /** Below this mean likeness to its frames, in dB, a film is wrong. */
  readonly leastDecibels: number;
  /** What people should know of it. */
  readonly notes: readonly string[];
}

/** What has to be known of a film to choose its encoder. */
export type FilmWish = Pick<EncodeOrder, 'container' | 'rate' | 'settings' | 'kind'>;

/** The best encoder of this ffmpeg for the order. Throws `machine.no-encoder` and `film.bad-settings`. */
export function chooseEncoder(wish: FilmWish, available: ReadonlySet<string>): ChosenEncoder {
  const own = ownArguments(wish.settings).encoder;
  if (own !== null) return chooseOwn(own, wish, available);
  const wanted = encodersOf(wish);
  for (const encoder of wanted) {
    const recipe = encoderRecipe(encoder);
    const rate = rateFor(wish, recipe);
    if (available.has(encoder) && (recipe.takesRate?.(rate) ?? true))
      return settle(encoder, recipe, rate, wish);
  }
  throw new FarmError('machine.no-encoder', { container: wish.container, encoders: wanted });
}

function encodersOf({ container, settings }: FilmWish): readonly Encoder[] {
  const usual = filmRecipes[container].encoders;
  const wished = codecEncoders[filmCodec(container, settings)];
  // Nobody asked for more than the container: whatever of its encoders is there makes a film of it.
  return usual[0] === wished[0] && settings.codec === undefined ? usual : wished;
}

function rateFor({ rate }: FilmWish, { largestInRate, fastest }: EncoderRecipe): Fraction {
  const asked = exactRate(rate, largestInRate);
  if (fastest === undefined || asked.numerator <= fastest * asked.denominator) return asked;
  return { numerator: fastest, denominator: 1 };
}

function settle(encoder: Encoder, recipe: EncoderRecipe, rate: Fraction, wish: FilmWish): ChosenEncoder {
  const { settings, kind } = wish;
  const alpha = wantsAlpha(wish) && recipe.formats.some((format) => format.alpha);
  const format = chooseFormat(recipe, wish, alpha);
  const level = qualityLevel(recipe, settings);
  const quality = recipe.quality && level !== null ? [recipe.quality.option, String(level)] : [];
  const { filter, rest } = ownArguments(settings);
  const isPlain = !alpha && kind.depth === 8 && format.depth === 8;
  const isWhole = settings.size === undefined && (settings.ffmpeg ?? []).length === 0;
  return {
    ...{ encoder, rate, format, filter },
    evenSize: recipe.evenSize,
    tagged: recipe.tagged,
    joins: recipe.joins === true && isPlain && filter === null,
    pixels: pixelsFor(kind.depth, alpha),
    args: [
      ...[...recipe.args, ...quality, ...(alpha ? (recipe.alphaArgs ?? []) : [])],
      ...[...proresKind(encoder, alpha), ...rest],
    ],
    background: settings.background ?? '#000000',
    size: settings.size ?? null,
    exact: recipe.lossless === true && isWhole && format.depth >= Math.min(16, kind.depth),
    decoder: alpha && recipe.alphaDecoder ? ['-c:v', recipe.alphaDecoder] : [],
    leastDecibels: leastDecibels(recipe, level),
    notes: notesOf(wish, format),
  };
}

/** An encoder that people named themselves: nothing is known of it, so it gets what most of them take. */
function chooseOwn(encoder: string, wish: FilmWish, available: ReadonlySet<string>): ChosenEncoder {
  const { settings, kind, container } = wish;
  if (!available.has(encoder)) throw new FarmError('machine.no-encoder', { container, encoders: [encoder] });
  const { filter, rest } = ownArguments(settings);
  return {
    ...{ encoder, filter, args: rest, rate: exactRate(wish.rate), format: null },
    ...{ evenSize: true, tagged: true, joins: false, exact: false, decoder: [], notes: [] },
    pixels: pixelsFor(kind.depth, false),
    background: settings.background ?? '#000000',
    size: settings.size ?? null,
    leastDecibels: LEAST,
  };
}

interface OwnArguments {
  readonly encoder: string | null;
  readonly filter: string | null;
  readonly rest: readonly string[];
}

function ownArguments({ ffmpeg = [] }: FilmSettings): OwnArguments {
  let own: OwnArguments = { encoder: null, filter: null, rest: [] };
  for (let at = 0; at + 1 < ffmpeg.length; at += 2) {
    const [option = '', value = ''] = [ffmpeg[at], ffmpeg[at + 1]];
    if (/^-(c|codec|vcodec)(:v(:0)?)?$/.test(option)) own = { ...own, encoder: value };
    else if (/^-(vf|filter)(:v(:0)?)?$/.test(option)) own = { ...own, filter: value };
    else own = { ...own, rest: [...own.rest, option, value] };
  }
  return own;
}

function pixelsFor(depth: number, alpha: boolean): PixelKind {
  if (alpha) return depth > 8 ? 'rgba64le' : 'rgba';
  return depth > 8 ? 'rgb48le' : 'rgb24';
}

// With 4:4:4 the profile is another one, and players look at it.
function proresKind(encoder: Encoder, alpha: boolean): string[] {
  return encoder === 'prores_ks' ? ['-profile:v', alpha ? '4444' : 'hq'] : [];
}

function wantsAlpha({ settings: { alpha = 'auto' }, kind }: FilmWish): boolean {
  return alpha === 'keep' || (alpha === 'auto' && kind.transparent);
}

function chooseFormat(recipe: EncoderRecipe, { settings, kind }: FilmWish, alpha: boolean): PixelFormat {
  const fitting = recipe.formats.filter((format) => (format.alpha === true) === alpha);
  const asked = settings.depth ?? (recipe.lossless && kind.depth > 8 ? 16 : null);
  const deep = settings.preset === 'master' && kind.depth > 8 ? 10 : null;
  const found = fitting.find(({ depth }) => depth === (asked ?? deep)) ?? fitting[0];
  if (found) return found;
  throw new FarmError('film.bad-settings', {
    why: 'the codec has no pictures of that depth with transparency',
  });
}

function qualityLevel(
  { quality, levels }: EncoderRecipe,
  { preset, quality: asked }: FilmSettings,
): number | null {
  if (!quality || !levels) return null;
  if (asked === undefined) return levels[preset === 'archive' ? 'master' : (preset ?? 'review')];
  return Math.round(quality.worst + ((quality.best - quality.worst) * (asked - 1)) / 99);
}

const LEAST = 12;
const MOST = 20;

/**
 * A film is compared with its frames at some hundred places of each. Flat pictures come out over 50 dB; noise, which no
 * codec keeps, at the best quality of each at about 30 and at the worst at about 18. What is below is another picture.
 */
function leastDecibels({ quality }: EncoderRecipe, level: number | null): number {
  if (!quality || level === null) return LEAST;
  const share = (level - quality.worst) / (quality.best - quality.worst);
  return LEAST + (MOST - LEAST) * Math.min(1, Math.max(0, share));
}

function notesOf({ kind, settings, container }: FilmWish, format: PixelFormat): string[] {
  const notes: string[] = [];
  if (kind.transparent && !format.alpha && settings.alpha !== 'none')
    notes.push(
      `Transparent parts show ${settings.background ?? 'black'}, because the codec of this ${container} film keeps no transparency.`,
    );
  if (kind.depth > format.depth)
    notes.push(`Frames of ${kind.depth} bits a channel became ${format.depth} bits.`);
  return notes;
}

import { type Container, type EncodeOrder, FarmError } from '@akashganga/protocol';
import { exactRate, type Fraction } from './exact-rate.ts';
import { type Encoder, encoderRecipe, filmRecipes } from './film-recipes.ts';

/** An encoder with the rate it will be given. */
export interface ChosenEncoder {
  readonly encoder: Encoder;
  readonly rate: Fraction;
  readonly evenSize: boolean;
}

/** The best encoder of this ffmpeg for the order. Throws `machine.no-encoder`. */
export function chooseEncoder(
  order: Pick<EncodeOrder, 'container' | 'rate'>,
  available: ReadonlySet<string>,
): ChosenEncoder {
  const wanted = filmRecipes[order.container].encoders;
  for (const encoder of wanted) {
    const recipe = encoderRecipe(encoder);
    const asked = exactRate(order.rate, recipe.largestInRate);
    const { fastest } = recipe;
    const rate =
      fastest !== undefined && asked.numerator > fastest * asked.denominator
        ? { numerator: fastest, denominator: 1 }
        : asked;
    if (available.has(encoder) && (recipe.takesRate?.(rate) ?? true))
      return { encoder, rate, evenSize: recipe.evenSize };
  }
  throw new FarmError('machine.no-encoder', { container: order.container, encoders: wanted });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads frames from stdin, as the bytes of `Pixels`. */
export function inputArguments({ width, height }: Size, { numerator, denominator }: Fraction): string[] {
  const format = ['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', `${width}x${height}`];
  return [...format, '-framerate', `${numerator}/${denominator}`, '-i', 'pipe:0'];
}

/** Writes the film to `path`. For a GIF, `palette` is the file with its colours. */
export function outputArguments(
  container: Container,
  { encoder }: ChosenEncoder,
  size: Size,
  path: string,
  palette: string | null,
): string[] {
  const recipe = filmRecipes[container];
  const filters =
    palette === null ? ['-vf', colourFilter(encoder, size)] : ['-i', palette, '-lavfi', 'paletteuse'];
  return [
    ...filters,
    ...['-an', '-c:v', encoder, ...encoderRecipe(encoder).args],
    ...[...recipe.args, '-f', recipe.format, '-y', `file:${path}`],
  ];
}

/** Whether the film can be joined from segments that were encoded one by one. */
export function canJoin(container: Container, { encoder }: ChosenEncoder): boolean {
  return filmRecipes[container].joins === true && encoderRecipe(encoder).joins === true;
}

/** Writes one segment to `path`, in a container that keeps any rate's times exactly. */
export function segmentArguments({ encoder }: ChosenEncoder, size: Size, path: string): string[] {
  const codec = ['-an', '-c:v', encoder, ...encoderRecipe(encoder).args];
  return ['-vf', colourFilter(encoder, size), ...codec, '-f', 'nut', '-y', `file:${path}`];
}

/** One picture with the 256 colours that suit all frames. Holds counts in memory, not frames. */
export function paletteArguments(path: string): string[] {
  return ['-vf', 'palettegen', '-frames:v', '1', '-update', '1', '-c:v', 'png', '-f', 'image2', '-y', path];
}

// Where the file can say so, colours are BT.709 at every size. Where it cannot, players take a small film
// for BT.601 and a large one for BT.709 (the border is that of VLC and mpv), so that is what they get.
function colourFilter(encoder: Encoder, { width, height }: Size): string {
  const { tagged } = encoderRecipe(encoder);
  const matrix = tagged || width >= 1280 || height > 576 ? 'bt709' : 'smpte170m';
  const scale = `scale=out_color_matrix=${matrix}:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int`;
  const pixels = encoder === 'mjpeg' ? 'yuvj420p' : 'yuv420p';
  const tags = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
  return `${scale},format=${pixels}${tagged ? `,${tags}` : ''}`;
}

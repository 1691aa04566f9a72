import type { Container, FilmSize } from '@akashganga/protocol';
import type { PixelKind } from '../../pictures/pixels.ts';
import type { ChosenEncoder } from './choose-encoder.ts';
import type { Fraction } from './exact-rate.ts';
import { filmRecipes } from './film-recipes.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads frames from stdin, as the bytes of `Pixels`. */
export function inputArguments(
  { width, height }: Size,
  { rate, pixels }: { readonly rate: Fraction; readonly pixels: PixelKind },
): string[] {
  const format = ['-f', 'rawvideo', '-pixel_format', pixels, '-video_size', `${width}x${height}`];
  return [...format, '-framerate', `${rate.numerator}/${rate.denominator}`, '-i', 'pipe:0'];
}

/** Writes the film to `path`. For a GIF, `palette` is the file with its colours. */
export function outputArguments(
  container: Container,
  chosen: ChosenEncoder,
  size: Size,
  path: string,
  palette: string | null,
  metadata: readonly string[],
): string[] {
  const recipe = filmRecipes[container];
  const filters =
    palette === null
      ? ['-vf', pictureFilter(chosen, size)]
      : ['-i', palette, '-lavfi', gifFilter(chosen, size, 'paletteuse')];
  return [
    ...filters,
    ...['-an', '-c:v', chosen.encoder, ...chosen.args],
    ...[...metadata, ...recipe.args, '-f', recipe.format, '-y', `file:${path}`],
  ];
}

/** Whether the film can be joined from segments that were encoded one by one. */
export function canJoin(container: Container, { joins }: ChosenEncoder): boolean {
  return joins && filmRecipes[container].joins === true;
}

/** Writes one segment to stdout, each picture as soon as it is encoded, in a container that keeps any rate's times exactly. */
export function segmentArguments(chosen: ChosenEncoder, size: Size): string[] {
  const codec = ['-an', '-c:v', chosen.encoder, ...chosen.args];
  return ['-vf', pictureFilter(chosen, size), ...codec, '-f', 'nut', '-flush_packets', '1', 'pipe:1'];
}

/** One picture with the 256 colours that suit all frames. Holds counts in memory, not frames. */
export function paletteArguments(chosen: ChosenEncoder, size: Size, path: string): string[] {
  const filter = gifFilter(chosen, size, `palettegen=reserve_transparent=${chosen.format?.alpha ? 1 : 0}`);
  return ['-vf', filter, '-frames:v', '1', '-update', '1', '-c:v', 'png', '-f', 'image2', '-y', path];
}

// A pixel of a GIF is there or not; half of the light is the border.
function gifFilter(chosen: ChosenEncoder, size: Size, last: string): string {
  const target = filmSize(chosen, size);
  const own = chosen.filter === null ? '' : `${chosen.filter},`;
  const scale = sameSize(target, size) ? own : `${own}scale=${target.width}:${target.height}:flags=bicubic,`;
  const end = last === 'paletteuse' && chosen.format?.alpha ? 'paletteuse=alpha_threshold=128' : last;
  // A filter with two inputs takes the first of each; the scale belongs to the frames.
  return last === 'paletteuse' && scale !== '' ? `[0:v]${scale.slice(0, -1)}[s];[s][1:v]${end}` : scale + end;
}

/** The size of the film's pictures; sides that have to be even are rounded to the nearest. */
export function filmSize({ size, evenSize }: Pick<ChosenEncoder, 'size' | 'evenSize'>, frame: Size): Size {
  if (!size) return frame;
  const [width, height] = wishedSides(size, frame);
  const side = (length: number) =>
    evenSize ? Math.max(2, Math.round(length / 2) * 2) : Math.max(1, Math.round(length));
  return { width: side(width), height: side(height) };
}

function wishedSides(size: FilmSize, frame: Size): [number, number] {
  if ('percent' in size) return [(frame.width * size.percent) / 100, (frame.height * size.percent) / 100];
  if ('height' in size) return [size.width, size.height];
  return [size.width, (frame.height * size.width) / frame.width];
}

function sameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

// Where the file can say so, colours are BT.709 at every size. Where it cannot, players take a small film
// for BT.601 and a large one for BT.709 (the border is that of VLC and mpv), so that is what they get.
function pictureFilter(chosen: ChosenEncoder, frame: Size): string {
  const { format, tagged, filter } = chosen;
  const target = filmSize(chosen, frame);
  const resize = sameSize(target, frame) ? '' : `w=${target.width}:h=${target.height}:`;
  const quality = 'flags=bicubic+accurate_rnd+full_chroma_int';
  const own = filter === null ? [] : [filter];
  // RGB is kept as it is: sRGB, full range. Any scaling there would be a loss.
  if (format?.rgb)
    return [...own, ...(resize === '' ? [] : [`scale=${resize}${quality}`]), `format=${format.name}`].join();
  const matrix = tagged || target.width >= 1280 || target.height > 576 ? 'bt709' : 'smpte170m';
  const tags = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
  return [
    ...own,
    `scale=${resize}out_color_matrix=${matrix}:out_range=tv:${quality}`,
    ...(format ? [`format=${format.name}`] : []),
    ...(tagged ? [tags] : []),
  ].join();
}

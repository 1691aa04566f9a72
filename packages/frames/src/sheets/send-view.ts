import { FarmError, type ImageQuery, viewHeaders } from '@akashganga/protocol';
import { loadSharp } from '../pictures/load-sharp.ts';
import type { SheetRoom } from './small-picture.ts';

/** Characters of the list of layers: heads have their limits, and names are whatever a file says. */
const LONGEST_LIST = 4000;

/** An OpenEXR frame so many stops brighter, or a layer of it, as JPEG. Throws `frame.not-done` and `request.invalid`. */
export async function sendView(
  { shelf, turns, decoders }: SheetRoom,
  { job, frame }: { readonly job: string; readonly frame: number },
  { exposure = 0, layer }: ImageQuery,
  request: Request,
): Promise<Response> {
  const { kept, path } = await shelf.use(job, async (gathered) => {
    const found = await gathered.kept(frame);
    return { kept: found, path: gathered.paths.frame(frame, '.exr') };
  });
  if (!kept) throw new FarmError('frame.not-done', { job, frame });
  const invalid = (why: string) => new FarmError('request.invalid', { why });
  if (kept.extension !== '.exr') throw invalid('only OpenEXR frames have an exposure and layers');
  // The address says the rest.
  const headers = {
    etag: `"${kept.digest}-view"`,
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
  };
  if (request.headers.get('if-none-match') === headers.etag)
    return new Response(null, { status: 304, headers });
  const wish = { exposure, layer: layer ?? null };
  const { pixels, layers } = await turns(() => decoders.view(path, wish)).catch((error: Error) => {
    throw error instanceof FarmError ? error : invalid(`the frame cannot be shown so: ${error.message}`);
  });
  const { data, width, height } = pixels;
  const openPicture = await loadSharp();
  const jpeg = await openPicture(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
  return new Response(new Uint8Array(jpeg), {
    headers: { ...headers, 'content-type': 'image/jpeg', [viewHeaders.layers]: listOf(layers) },
  });
}

function listOf(layers: readonly string[]): string {
  let list = '';
  for (const name of layers.map((layer) => encodeURIComponent(layer))) {
    if (list.length + name.length > LONGEST_LIST) break;
    list += list === '' ? name : `,${name}`;
  }
  return list;
}

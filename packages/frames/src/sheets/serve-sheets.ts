import {
  deliveryRoutes,
  FarmError,
  formatFrames,
  parseFrames,
  SHEET_PICTURES,
  SPRITE_FRAMES,
  sheetHeaders,
  spriteHeaders,
} from '@akashganga/protocol';
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { takeTurns } from '../gather/take-turns.ts';
import { goneSignal } from '../http/preview-files.ts';
import { makeSheet } from './make-sheet.ts';
import { makeSprite, type Sprite, spriteVersion } from './make-sprite.ts';
import type { SheetRoom } from './small-picture.ts';
import { SpriteCache } from './sprite-cache.ts';

/** Bytes of sprites in memory. */
const SPRITES_KEPT = 32 << 20;
const plain = { 'x-content-type-options': 'nosniff' };

/** Contact sheets and sprites: nothing of them is made before somebody asks, and one at a time. */
export function serveSheets(app: Hono<{ Bindings: HttpBindings }>, room: SheetRoom): void {
  const lane = takeTurns(1);
  const sprites = new SpriteCache(SPRITES_KEPT);
  const { sheet, sprite } = deliveryRoutes;
  app.get(sheet.route.getRoutingPath(), async (context) => {
    const { job } = parse(sheet.params, context.req.param());
    const order = parse(sheet.query, context.req.query());
    const { numbers, frames, paths } = await look(room, job, order.frames, SHEET_PICTURES);
    const failed = new Set(order.failed === '' ? [] : parseFrames(order.failed));
    if (failed.size === 0 && frames.every((kept) => kept === null))
      throw new FarmError('job.no-results', { job });
    const signal = goneSignal(context);
    const places = numbers.map((frame, at) => ({ frame, kept: frames[at] ?? null }));
    const wish = { frames: places, failed, columns: order.columns, width: order.width };
    const { jpeg, missing } = await lane(() => makeSheet(room, paths, wish, signal));
    return new Response(new Uint8Array(jpeg), {
      headers: {
        ...plain,
        'content-type': 'image/jpeg',
        'cache-control': 'private, no-store',
        [sheetHeaders.asked]: String(order.asked),
        [sheetHeaders.shown]: String(numbers.length),
        [sheetHeaders.missing]: String(missing),
      },
    });
  });
  app.get(sprite.route.getRoutingPath(), async (context) => {
    const { job } = parse(sprite.params, context.req.param());
    const order = parse(sprite.query, context.req.query());
    const { frames, paths } = await look(room, job, order.frames, SPRITE_FRAMES);
    const version = spriteVersion(frames);
    const headers = {
      ...plain,
      etag: `"${version}"`,
      // An address that names the version that is there names it for good.
      'cache-control': order.version === version ? 'private, max-age=86400, immutable' : 'private, no-cache',
    };
    if (context.req.header('if-none-match') === `"${version}"`)
      return new Response(null, { status: 304, headers });
    const key = `${job} ${version}`;
    const signal = goneSignal(context);
    // Whoever waited for another's making of it has it.
    const make = async () => sprites.get(key) ?? (await makeSprite(room, paths, frames, signal));
    const found = sprites.get(key) ?? sprites.keep(key, await lane(make));
    if (!found) throw new FarmError('job.no-results', { job });
    return sendSprite(found, headers);
  });
}

function sendSprite({ webp, here, cell }: Sprite, headers: Record<string, string>): Response {
  return new Response(new Uint8Array(webp), {
    headers: {
      ...headers,
      'content-type': 'image/webp',
      [spriteHeaders.here]: formatFrames(here),
      [spriteHeaders.cell]: `${cell.width}x${cell.height}`,
    },
  });
}

// Looks at the index only.
async function look({ shelf }: SheetRoom, job: string, spec: string, most: number) {
  const numbers = [...parseFrames(spec)];
  if (numbers.length > most)
    throw new FarmError('request.invalid', { why: `more than ${most} frames are asked for` });
  return shelf.use(job, async ({ index, paths }) => ({
    numbers,
    paths,
    frames: numbers.map((frame) => index.get(frame) ?? null),
  }));
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

function parse<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const why = 'the address of the sheet or sprite is none';
  throw new FarmError('request.invalid', { why }, { cause: parsed.error });
}

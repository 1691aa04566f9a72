import { setTimeout as sleep } from 'node:timers/promises';
import {
  API_VERSION,
  blobRoutes,
  DeliveredChunks,
  deliveryRoutes,
  FarmError,
  type FrameReceipt,
  farmRoutes,
  frameHeaders,
  type Health,
  LARGEST_CHUNK,
  problemReply,
  RELEASE,
} from '@akashganga/protocol';
import { memberOn } from '@akashganga/trust';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { replaceFile } from '../files/replace-file.ts';
import type { FrameChunks } from '../gather/frame-chunks.ts';
import { type Delivery, type ReceivingRoom, receiveFrame } from '../gather/receive-frame.ts';
import type { Previews } from '../preview/previews.ts';
import { sendView } from '../sheets/send-view.ts';
import { serveSheets } from '../sheets/serve-sheets.ts';
import { keyChecker } from './check-key.ts';
import { sendFilm, sendImage, sendLog, sendThumbnail } from './frame-files.ts';
import { leaseCheck, refuseReaders } from './lease-check.ts';
import { serveOutputs } from './output-files.ts';
import { servePreviews } from './preview-files.ts';
import { checkSeal, readDelivery } from './read-delivery.ts';
import { serveZips } from './zip-files.ts';

export interface AppOptions {
  readonly room: ReceivingRoom;
  readonly chunks: FrameChunks;
  readonly previews: Previews;
  /** What this computer's own roles show; null when all others show certificates. */
  readonly key: string | null;
  /** The farm's authority (PEM); null when this computer only delivers. */
  readonly authority: string | null;
  /** Which members the farm has shut out. */
  readonly isShutOut: (member: string) => boolean;
  readonly slowMotionSeconds: number;
}

type Env = { Bindings: HttpBindings };

const LARGEST_LOG = 256 * 1024;
/** Of chunks, or of digests that are asked for. */
const LARGEST_LIST = 32 * 1024 * 1024;

/** What a frame server answers. */
export function frameServerApp(options: AppOptions): Hono<Env> {
  const { room, chunks, previews, key, slowMotionSeconds } = options;
  const app = new Hono<Env>();
  const checkKey = keyChecker(key, options.isShutOut);
  const { leaseOf, senderOf } = leaseCheck(options.authority);
  const health: Health = { role: 'frames', farm: null, api: API_VERSION, version: RELEASE, ready: true };

  app.onError((error, context) => problemAnswer(error, context, room));
  app.notFound((context) => {
    throw new FarmError('request.unknown-route', { path: context.req.path });
  });
  app.get(pathOf(farmRoutes.health), (context) => context.json(health));
  app.use(async (context, next) => {
    const member = memberOn(context.env.incoming.socket);
    checkKey(context.req.header('authorization'), member);
    refuseReaders(member, context.req.method);
    await next();
  });
  app.put(pathOf(deliveryRoutes.deliver), async (context) => {
    const { job, frame } = frameOf(context);
    const header = (name: string) => context.req.header(name);
    const lease = leaseOf(context, { job, frame });
    checkSeal({ job, frame }, header);
    const said = readDelivery(header);
    refuseLarger(context, room.largestFrame);
    const receipt = await takeFrame({ ...said, job, frame, lease: lease ?? said.lease }, context);
    if (slowMotionSeconds > 0) await sleep(slowMotionSeconds * 1000);
    return context.json(receipt);
  });
  app.post(pathOf(blobRoutes.missing), async (context) => {
    const sender = senderOf(context);
    const body = parse(blobRoutes.missing.body, await readJson(context, LARGEST_LIST), 'the list of digests');
    return context.json({ missing: await chunks.missing(sender, body.digests) });
  });
  app.put(pathOf(blobRoutes.put), async (context) => {
    const sender = senderOf(context);
    const { digest } = parse(blobRoutes.put.params, context.req.param(), 'the digest in the path');
    refuseLarger(context, LARGEST_CHUNK);
    await chunks.put(sender, digest, context.env.incoming);
    return context.json({});
  });
  app.put(pathOf(deliveryRoutes.putLog), async (context) => {
    const { job, frame } = frameOf(context);
    leaseOf(context, { job, frame });
    refuseLarger(context, LARGEST_LOG);
    const log = await readAtMost(context.env.incoming, LARGEST_LOG);
    await room.shelf.use(job, (gathered) => replaceFile(gathered.paths.log(frame), log));
    return context.json({});
  });
  // A large frame is sent as chunks first; its delivery then lists them.
  async function takeFrame(said: Omit<Delivery, 'bytes'>, context: Context<Env>): Promise<FrameReceipt> {
    if (context.req.header(frameHeaders.chunks) !== '1')
      return receiveFrame(room, { ...said, bytes: context.env.incoming });
    const sender = senderOf(context);
    const list = parse(DeliveredChunks, await readJson(context, LARGEST_LIST), 'the list of chunks').chunks;
    const size = list.reduce((sum, chunk) => sum + chunk.size, 0);
    if (size > room.largestFrame) throw new FarmError('request.too-large', { limit: room.largestFrame });
    const receipt = await receiveFrame(room, { ...said, bytes: chunks.read(sender, list) });
    await chunks.drop(sender, list);
    return receipt;
  }
  serveOutputs(app, room, { placeOf: frameOf, read: readAtMost, leaseOf });
  serveZips(app, room.shelf);
  serveSheets(app, room);
  servePreviews(app, previews);
  const files = { log: sendLog, thumbnail: sendThumbnail };
  app.get(pathOf(deliveryRoutes.image), (context) => {
    const place = frameOf(context);
    const view = parse(deliveryRoutes.image.query, context.req.query(), 'the exposure or the layer');
    const isView = view.exposure !== undefined || view.layer !== undefined;
    if (isView) return sendView(room, place, view, context.req.raw);
    return sendImage(room, place.job, place.frame, context.req.raw);
  });
  for (const [name, send] of Object.entries(files))
    app.get(pathOf(deliveryRoutes[name as keyof typeof files]), (context) => {
      const { job, frame } = frameOf(context);
      return send(room, job, frame, context.req.raw);
    });
  app.get(pathOf(deliveryRoutes.film), (context) => {
    const { job } = parse(deliveryRoutes.film.params, context.req.param());
    return sendFilm(room, job, context.req.raw);
  });
  return app;
}

function pathOf(route: { readonly route: { getRoutingPath(): string } }): string {
  return route.route.getRoutingPath();
}

function frameOf(context: Context<Env>): { job: string; frame: number } {
  return parse(deliveryRoutes.deliver.params, context.req.param());
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

function parse<T>(schema: Schema<T>, value: unknown, what = 'the job or the frame in the path'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FarmError('request.invalid', { why: `${what} is none` }, { cause: parsed.error });
}

// Said before the body is read, so that nobody sends gigabytes in vain.
function refuseLarger(context: Context<Env>, limit: number): void {
  if (Number(context.req.header('content-length') ?? 0) > limit)
    throw new FarmError('request.too-large', { limit });
}

async function readJson(context: Context<Env>, limit: number): Promise<unknown> {
  const bytes = await readAtMost(context.env.incoming, limit);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function readAtMost(bytes: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw new FarmError('request.too-large', { limit });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function problemAnswer(error: Error, context: Context<Env>, { log, onFull }: ReceivingRoom): Response {
  const problem = error instanceof FarmError ? error : new FarmError('farm.internal', {}, { cause: error });
  if (problem.code === 'disk.full') onFull();
  const facts = { err: problem.cause ?? problem, code: problem.code, path: context.req.path };
  if (context.env.incoming.errored) log.debug(facts, 'the sender went away');
  else if (problem.status >= 500) log.error(facts, problem.says);
  else log.info({ code: problem.code, path: context.req.path }, problem.says);
  return new Response(JSON.stringify(problemReply(problem)), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}

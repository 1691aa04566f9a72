import { setTimeout as sleep } from 'node:timers/promises';
import {
  API_VERSION,
  deliveryRoutes,
  FarmError,
  type FrameReceipt,
  farmRoutes,
  type Health,
  problemReply,
  RELEASE,
} from '@akashganga/protocol';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { replaceFile } from '../files/replace-file.ts';
import { type ReceivingRoom, receiveFrame } from '../gather/receive-frame.ts';
import { keyChecker } from './check-key.ts';
import { sendFilm, sendImage, sendLog, sendThumbnail } from './frame-files.ts';
import { readDelivery } from './read-delivery.ts';

export interface AppOptions {
  readonly room: ReceivingRoom;
  readonly key: string;
  readonly slowMotionSeconds: number;
}

type Env = { Bindings: HttpBindings };

const LARGEST_LOG = 256 * 1024;

/** What a frame server answers. */
export function frameServerApp({ room, key, slowMotionSeconds }: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  const checkKey = keyChecker(key);
  const health: Health = { role: 'frames', farm: null, api: API_VERSION, version: RELEASE, ready: true };

  app.onError((error, context) => problemAnswer(error, context, room));
  app.notFound((context) => {
    throw new FarmError('request.unknown-route', { path: context.req.path });
  });
  app.get(pathOf(farmRoutes.health), (context) => context.json(health));
  app.use(async (context, next) => {
    checkKey(context.req.header('authorization'));
    await next();
  });
  app.put(pathOf(deliveryRoutes.deliver), async (context) => {
    const { job, frame } = frameOf(context);
    const said = readDelivery((name) => context.req.header(name));
    refuseLarger(context, room.largestFrame);
    const receipt: FrameReceipt = await receiveFrame(room, {
      ...said,
      job,
      frame,
      bytes: context.env.incoming,
    });
    if (slowMotionSeconds > 0) await sleep(slowMotionSeconds * 1000);
    return context.json(receipt);
  });
  app.put(pathOf(deliveryRoutes.putLog), async (context) => {
    const { job, frame } = frameOf(context);
    refuseLarger(context, LARGEST_LOG);
    const log = await readAtMost(context.env.incoming, LARGEST_LOG);
    await room.shelf.use(job, (gathered) => replaceFile(gathered.paths.log(frame), log));
    return context.json({});
  });
  const files = { log: sendLog, image: sendImage, thumbnail: sendThumbnail };
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

function parse<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FarmError(
    'request.invalid',
    { why: 'the job or the frame in the path is none' },
    { cause: parsed.error },
  );
}

// Said before the body is read, so that nobody sends gigabytes in vain.
function refuseLarger(context: Context<Env>, limit: number): void {
  if (Number(context.req.header('content-length') ?? 0) > limit)
    throw new FarmError('request.too-large', { limit });
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

function problemAnswer(error: Error, context: Context<Env>, { log }: ReceivingRoom): Response {
  const problem = error instanceof FarmError ? error : new FarmError('farm.internal', {}, { cause: error });
  const facts = { err: problem.cause ?? problem, code: problem.code, path: context.req.path };
  if (context.env.incoming.errored) log.debug(facts, 'the sender went away');
  else if (problem.status >= 500) log.error(facts, problem.says);
  else log.info({ code: problem.code, path: context.req.path }, problem.says);
  return new Response(JSON.stringify(problemReply(problem)), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}

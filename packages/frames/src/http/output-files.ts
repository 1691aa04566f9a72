import {
  deliveryRoutes,
  FarmError,
  FrameOutputs,
  frameHeaders,
  frameName,
  OutputName,
} from '@akashganga/protocol';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { jobPaths } from '../files/job-paths.ts';
import type { ReceivingRoom } from '../gather/receive-frame.ts';
import { noteOutputs, readOutputs, receiveOutput } from '../gather/receive-output.ts';
import { isPictureExtension, pictureKind } from '../pictures/picture-kinds.ts';
import type { LeaseCheck } from './lease-check.ts';
import { checkSeal, readDelivery } from './read-delivery.ts';
import { sendFile } from './send-file.ts';

type Bound = Context<{ Bindings: HttpBindings }>;
type Place = { readonly job: string; readonly frame: number };

interface OutputsOptions {
  readonly placeOf: (context: Bound) => Place;
  readonly read: (bytes: AsyncIterable<Uint8Array>, limit: number) => Promise<Buffer>;
  readonly leaseOf: LeaseCheck['leaseOf'];
}

const LARGEST_LIST = 1024 * 1024;

/** What came beside the frames: File Output nodes, stereo views. */
export function serveOutputs(
  app: Hono<{ Bindings: HttpBindings }>,
  room: ReceivingRoom,
  { placeOf, read, leaseOf }: OutputsOptions,
): void {
  app.put(deliveryRoutes.putOutput.route.getRoutingPath(), async (context) => {
    const { job, frame } = placeOf(context);
    const lease = leaseOf(context, { job, frame });
    const name = nameOf(context);
    const header = (one: string) => context.req.header(one);
    checkSeal({ job, frame, name }, header);
    const { digest, extension, replace } = readDelivery(header);
    const bytes = atMost(context.env.incoming, room.largestFrame);
    await receiveOutput(room, { job, frame, name, digest, extension, lease, replace, bytes });
    return context.json({});
  });
  app.put(deliveryRoutes.putOutputs.route.getRoutingPath(), async (context) => {
    const { job, frame } = placeOf(context);
    const lease = leaseOf(context, { job, frame });
    checkSeal({ job, frame }, (name) => context.req.header(name));
    const said = FrameOutputs.safeParse(parseJson(await read(context.env.incoming, LARGEST_LIST)));
    if (!said.success) throw new FarmError('request.invalid', { why: 'the list of outputs is none' });
    const replace = context.req.header(frameHeaders.replace) === '1';
    return context.json(await noteOutputs(room, { job, frame, lease, replace }, said.data));
  });
  app.get(deliveryRoutes.outputs.route.getRoutingPath(), async (context) => {
    const { job, frame } = placeOf(context);
    return context.json(await room.shelf.use(job, ({ paths }) => readOutputs(paths, frame)));
  });
  app.get(deliveryRoutes.output.route.getRoutingPath(), (context) =>
    sendOutput(room, placeOf(context), nameOf(context), context.req.raw),
  );
}

async function sendOutput(
  room: ReceivingRoom,
  { job, frame }: Place,
  name: string,
  request: Request,
): Promise<Response> {
  const missing = new FarmError('frame.not-done', { job, frame });
  const { outputs } = await room.shelf.use(job, ({ paths }) => readOutputs(paths, frame));
  const output = outputs.find((one) => one.name === name);
  if (!output || !isPictureExtension(output.extension)) throw missing;
  const answer = await sendFile(
    {
      path: jobPaths(room.folder, job).output(name, frame, output.extension),
      mediaType: pictureKind(output.extension).mediaType,
      tag: output.digest,
      name: `${name.replace('/', ' ')} ${frameName(frame)}${output.extension}`,
    },
    request,
  );
  if (!answer) throw missing;
  return answer;
}

function nameOf(context: Bound): string {
  const name = OutputName.safeParse(context.req.query('name'));
  if (!name.success) throw new FarmError('request.invalid', { why: 'the name of the output is none' });
  return name.data;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

async function* atMost(bytes: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw new FarmError('request.too-large', { limit });
    yield piece;
  }
}

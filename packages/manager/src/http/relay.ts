import { Readable } from 'node:stream';
import { connectorFor } from '@akashganga/client';
import {
  API_PREFIX,
  FarmError,
  sheetHeaders,
  spriteHeaders,
  viewHeaders,
  zipHeaders,
} from '@akashganga/protocol';
import { isLoopback, type TlsIdentity } from '@akashganga/trust';
import { Agent, request } from 'undici';
import type { Farm } from '../farm/farm.ts';
import { frameServerUrl } from '../schedule/answer-ask.ts';
import type { HttpContext } from './serve.ts';

/** How this manager shows frame servers who it is: on this computer by the farm's key, elsewhere by its certificate. */
export interface FrameLink {
  readonly key: string;
  readonly dispatcher: Agent;
}

export function frameLink(key: string, tls: TlsIdentity | null): FrameLink {
  return { key, dispatcher: new Agent({ connect: connectorFor({ tls, shows: 'frames' }, 5000) }) };
}

const PASSED_ON = ['range', 'if-none-match', 'if-range'];
const PASSED_BACK = [
  'content-type',
  'content-length',
  'content-range',
  'accept-ranges',
  'etag',
  'content-disposition',
  'cache-control',
  ...Object.values({ ...zipHeaders, ...sheetHeaders, ...spriteHeaders, ...viewHeaders }),
];

/** What people are shown of a frame server's answers. All else is bytes. */
const SHOWN =
  /^(image\/(?!svg)[\w.+-]+|(video|audio)\/[\w.+-]+|application\/(zip|json|problem\+json)|text\/plain)(;|$)/;

/** Until a frame server begins to answer. */
const ANSWER_SECONDS = 20;

/** Fetches something of a job from the frame server that has it, so that people need to reach the manager alone. */
export async function relay(
  farm: Farm,
  link: FrameLink,
  job: string,
  path: string,
  context: HttpContext,
  seconds = ANSWER_SECONDS,
): Promise<Response> {
  await farm.ensureJob(job);
  const entry = farm.state.jobs.get(job);
  if (!entry) throw new FarmError('job.unknown', { job });
  const server = farm.state.frameServers.get(entry.frameServer ?? '');
  if (!server) throw new FarmError('farm.no-frame-server');
  const url = frameServerUrl(server);
  const headers: Record<string, string> = {};
  if (url.startsWith('http:')) {
    if (!isLoopback(new URL(url).hostname)) throw new FarmError('farm.no-frame-server');
    headers.authorization = `Bearer ${link.key}`;
  }
  for (const name of PASSED_ON) {
    const value = context.req.header(name);
    if (value !== undefined) headers[name] = value;
  }
  const reply = await request(url + API_PREFIX + path, {
    dispatcher: link.dispatcher,
    headers,
    headersTimeout: seconds * 1000,
    signal: context.req.raw.signal,
  }).catch((cause: unknown) => {
    throw new FarmError('farm.no-frame-server', {}, { cause });
  });
  const back = new Headers();
  for (const name of [...PASSED_BACK, ...(reply.statusCode >= 400 ? ['content-type'] : [])]) {
    const value = reply.headers[name];
    if (typeof value === 'string') back.set(name, value);
  }
  // A frame server is trusted with pictures, and not to give this farm's page something to run.
  if (!SHOWN.test(back.get('content-type') ?? '')) back.set('content-type', 'application/octet-stream');
  const hasBody = reply.statusCode !== 304 && reply.statusCode !== 204;
  return new Response(hasBody ? (Readable.toWeb(reply.body) as ReadableStream) : null, {
    status: reply.statusCode,
    headers: back,
  });
}

import { Readable } from 'node:stream';
import { blobRoutes, type Digest, FarmError, LARGEST_CHUNK, LARGEST_MANIFEST } from '@akashganga/protocol';
import { atMost, byteRange, eachOf, type Keeper } from '@akashganga/storage';
import type { FarmState, LeaseEntry } from '../schedule/farm-state.ts';
import { soundOf } from '../schedule/order-films.ts';
import { blenderFor } from '../schedule/which-blender.ts';
import { principalOf } from './access.ts';
import type { Rooms } from './app.ts';
import { mustBeOwn } from './must-be-own.ts';
import { inUrl, isEncrypted, remoteAddress } from './remote-address.ts';
import { seenFrom } from './seen-from.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';
import { theFarm } from './the-farm.ts';
import { untilSent } from './until-sent.ts';

/** So many files are looked for at once. */
const LANES = 16;

export function serveBlobs(app: App, rooms: Rooms): void {
  serve(app, blobRoutes.missing, async ({ body, context }) => {
    mustMixSound(rooms, context);
    return { missing: await missing(rooms.blobs, body.digests) };
  });
  serve(app, blobRoutes.sources, async ({ body, context }) => {
    mustBeOwn(context, body.worker);
    const wants = await within(rooms, context, body.wants);
    const { sources, ...reply } = rooms.sources.ask({ ...body, wants }, originOf(context), Date.now());
    return {
      ...reply,
      sources: sources.map(({ digest, peers }) => ({
        digest,
        peers: peers.map(({ worker, url }) => ({ worker, url: seenFrom(context, url) })),
      })),
    };
  });
  serveBytes(app, blobRoutes.put, async ({ params, query, context }) => {
    mustMixSound(rooms, context);
    await putBlob(rooms.blobs, params.digest, query.kind ? LARGEST_MANIFEST : LARGEST_CHUNK, context);
    return context.json({ ok: true });
  });
  serveBytes(app, blobRoutes.get, async ({ params, context }) => {
    const [mine] = await within(rooms, context, [params.digest]);
    if (mine) return getBlob(rooms.blobs, mine, context);
    const who = principalOf(context);
    throw new FarmError('access.forbidden', {
      who: who.name ?? who.id,
      why: 'the blob is of no lease it has',
    });
  });
}

/** Of these blobs those the caller may have: a worker only what its leases need, a frame server the sound of its films. */
async function within(rooms: Rooms, context: HttpContext, digests: readonly Digest[]): Promise<Digest[]> {
  if (!context.get('isOwn')) return [...digests];
  const { id } = principalOf(context);
  const now = Date.now();
  const known = await rooms.reach.within(id, digests, now);
  if (known.length === digests.length) return known;
  // It may hold leases of before this manager was started.
  const { state } = theFarm(rooms);
  const needs = leasesOf(state, id).flatMap((lease) => {
    const job = state.jobs.get(lease.job);
    const worker = state.workers.get(lease.worker);
    return job && worker ? [{ scene: job.scene, build: blenderFor(state, worker, job)?.build ?? null }] : [];
  });
  rooms.reach.note(id, [...needs, ...soundsFor(state, id)], now);
  return rooms.reach.within(id, digests, now);
}

/** The leases of a computer: of its own worker, and of those of its graphics cards, `ID-…`. */
function leasesOf(state: FarmState, id: string): LeaseEntry[] {
  const workers = [...state.workers.values()].filter(
    ({ hello }) => hello.id === id || hello.id.startsWith(`${id}-`),
  );
  return workers.flatMap((worker) => [...worker.leases].flatMap((lease) => state.leases.get(lease) ?? []));
}

/** The one thing a worker has to give the manager is the sound of a scene it was told to examine. */
function mustMixSound(rooms: Rooms, context: HttpContext): void {
  if (!context.get('isOwn')) return;
  const { id, name } = principalOf(context);
  if (leasesOf(theFarm(rooms).state, id).some(({ kind }) => kind === 'probe')) return;
  throw new FarmError('access.forbidden', { who: name ?? id, why: 'it has no scene to examine' });
}

/** What a frame server needs for the films it is to make. */
function soundsFor(state: FarmState, frameServer: string) {
  return [...state.jobs.values()].flatMap((job) => {
    const sound = job.frameServer === frameServer && job.film.state === 'encoding' ? soundOf(job) : null;
    return sound && 'manifest' in sound ? [{ scene: sound, build: null }] : [];
  });
}

// Who came with a certificate understands certificates only.
function originOf(context: HttpContext): string {
  return `${isEncrypted(context) ? 'https' : 'http'}://${inUrl(remoteAddress(context))}`;
}

async function missing(blobs: Keeper, digests: readonly Digest[]): Promise<Digest[]> {
  const unique = [...new Set(digests)];
  const lacking = new Set<Digest>();
  await eachOf(unique, LANES, async (digest) => {
    if (!(await blobs.has(digest))) lacking.add(digest);
  });
  return unique.filter((digest) => lacking.has(digest));
}

async function putBlob(blobs: Keeper, digest: Digest, limit: number, context: HttpContext): Promise<void> {
  const { incoming } = context.env;
  try {
    if (Number(context.req.header('content-length') ?? 0) > limit)
      throw new FarmError('request.too-large', { limit });
    if (!(await blobs.has(digest))) await blobs.put(digest, atMost(incoming, limit));
  } finally {
    await untilSent(incoming);
  }
}

async function getBlob(blobs: Keeper, digest: Digest, context: HttpContext): Promise<Response> {
  const size = await blobs.size(digest);
  if (size === null) throw new FarmError('blob.unknown', { digest });
  const range = byteRange(context.req.header('range'), size);
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
    'content-length': String(range ? range.end - range.start + 1 : size),
  };
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  const bytes = await blobs.get(digest, range ?? undefined);
  return new Response(Readable.toWeb(bytes) as ReadableStream, { status: range ? 206 : 200, headers });
}

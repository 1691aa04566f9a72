import type { Digest, SourcesReply, SourcesRequest } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { type BlobSources, blobSources } from './blob-sources.ts';

const HOST = 'http://10.0.0.1';

function digest(number: number): Digest {
  return `sha256:${number.toString(16).padStart(64, '0')}`;
}

const digests = (count: number, from = 0) => Array.from({ length: count }, (_, at) => digest(from + at));

/** Always the same, so that a failure is the same each time. */
function chance(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const newSources = () => blobSources('memory-1', chance());

function ask(
  sources: BlobSources,
  worker: string,
  more: Partial<SourcesRequest> = {},
  now = 0,
  host = HOST,
): SourcesReply {
  const nothing = { wants: [], most: 256, has: [], gone: [], avoid: [] };
  return sources.ask({ worker, boot: `boot-of-${worker}`, port: 7000, ...nothing, ...more }, host, now);
}

const given = ({ sources }: SourcesReply) => sources.map((source) => source.digest);
const peersOf = ({ sources }: SourcesReply, wanted = digest(0)) =>
  sources
    .find((source) => source.digest === wanted)
    ?.peers.map((peer) => peer.worker)
    .sort();

test('of workers that want the same, one is sent to the manager, the others wait and are then sent to that one', () => {
  const sources = newSources();
  expect(ask(sources, 'a', { wants: [digest(0)] }).sources).toEqual([{ digest: digest(0), peers: [] }]);
  expect(ask(sources, 'b', { wants: [digest(0)] }).sources).toEqual([]);
  expect(ask(sources, 'c', { wants: [digest(0)] }).sources).toEqual([]);
  ask(sources, 'a', { has: [digest(0)] });
  expect(ask(sources, 'b', { wants: [digest(0)] }).sources).toEqual([
    { digest: digest(0), peers: [{ worker: 'a', url: 'http://10.0.0.1:7000' }] },
  ]);
});

test('fifty workers that fetch a build of five hundred blobs take each about once from the manager', () => {
  const sources = newSources();
  const random = chance();
  const workers = Array.from({ length: 50 }, (_, at) => ({
    name: `worker-${at}`,
    // Each in an order of its own, as they do.
    wants: digests(500).sort(() => random() - 0.5),
    has: [] as Digest[],
  }));
  let fromManager = 0;
  let fromPeers = 0;
  for (let now = 0; workers.some(({ wants }) => wants.length > 0); now += 100) {
    expect(now, 'all are served in the end').toBeLessThan(600_000);
    for (const worker of workers) {
      const wants = worker.wants.slice(0, 256);
      const reply = ask(sources, worker.name, { wants, most: 8, has: worker.has }, now);
      worker.has = given(reply);
      for (const { peers } of reply.sources)
        if (peers.length === 0) fromManager += 1;
        else fromPeers += 1;
      const got = new Set(worker.has);
      const rest = worker.wants.filter((one) => !got.has(one));
      // What was asked for in vain goes behind the rest.
      worker.wants = [...rest.slice(wants.length - got.size), ...rest.slice(0, wants.length - got.size)];
    }
  }
  expect(fromManager + fromPeers).toBe(25_000);
  expect(fromManager).toBe(500);
});

test('a worker that gives nothing is sent to those who have it, else to the manager, and nobody waits for it', () => {
  const sources = newSources();
  const silent = { port: null, wants: [digest(0)] };
  expect(given(ask(sources, 'silent', silent))).toEqual([digest(0)]);
  expect(given(ask(sources, 'a', { wants: [digest(0)] }))).toEqual([digest(0)]);
  expect(given(ask(sources, 'silent', silent)), 'it does not wait either').toEqual([digest(0)]);
  ask(sources, 'silent', { port: null, has: [digest(0)] });
  ask(sources, 'a', { has: [digest(0)] });
  expect(peersOf(ask(sources, 'silent', silent))).toEqual(['a']);
  expect(peersOf(ask(sources, 'b', { wants: [digest(0)] }))).toEqual(['a']);
});

test('a fetch that failed, or that takes longer than ten seconds, is handed to another', () => {
  const sources = newSources();
  ask(sources, 'a', { wants: [digest(0)] });
  expect(given(ask(sources, 'b', { wants: [digest(0)] }, 9999))).toEqual([]);
  expect(given(ask(sources, 'b', { wants: [digest(0)] }, 10_001))).toEqual([digest(0)]);
  expect(given(ask(sources, 'c', { wants: [digest(0)] }, 10_001))).toEqual([]);
  ask(sources, 'b', { gone: [{ digest: digest(0), worker: null }] }, 10_002);
  expect(given(ask(sources, 'c', { wants: [digest(0)] }, 10_002))).toEqual([digest(0)]);
});

test('a holder that has lost a blob is not named for it any more, and still for others', () => {
  const sources = newSources();
  ask(sources, 'a', { has: digests(2) });
  const gone = [{ digest: digest(0), worker: 'a' }];
  const reply = ask(sources, 'b', { wants: digests(2), gone });
  expect(peersOf(reply)).toEqual([]);
  expect(peersOf(reply, digest(1))).toEqual(['a']);
});

test('whoever avoids a worker is not sent to it; when two do, nobody is for five minutes', () => {
  const sources = newSources();
  const avoid = [{ worker: 'a', why: 'slow' as const }];
  ask(sources, 'a', { has: [digest(0)] });
  expect(peersOf(ask(sources, 'b', { wants: [digest(0)], avoid }))).toEqual([]);
  expect(peersOf(ask(sources, 'c', { wants: [digest(0)] }))).toEqual(['a']);
  ask(sources, 'd', { avoid });
  expect(peersOf(ask(sources, 'c', { wants: [digest(0)] }, 1)) ?? []).toEqual([]);
  expect(peersOf(ask(sources, 'c', { wants: [digest(0)] }, 5 * 60_000 + 2))).toEqual(['a']);
});

test('nobody waits for what an avoided worker fetches, and nobody is sent to itself', () => {
  const sources = newSources();
  ask(sources, 'a', { wants: [digest(0)] });
  const avoid = [{ worker: 'a', why: 'unreachable' as const }];
  expect(given(ask(sources, 'b', { wants: [digest(0)], avoid }))).toEqual([digest(0)]);
  ask(sources, 'a', { has: [digest(1)] });
  expect(peersOf(ask(sources, 'a', { wants: [digest(1)] }), digest(1))).toEqual([]);
});

test('a worker that comes back at another address is named by that one', () => {
  const sources = newSources();
  ask(sources, 'a', { has: [digest(0)] });
  ask(sources, 'a', { port: 7001 }, 1, 'http://[fd00::1]');
  const reply = ask(sources, 'b', { wants: [digest(0)] });
  expect(reply.sources[0]?.peers).toEqual([{ worker: 'a', url: 'http://[fd00::1]:7001' }]);
  ask(sources, 'a', { port: null }, 2);
  expect(peersOf(ask(sources, 'b', { wants: [digest(0)] }, 2))).toEqual([]);
});

test('of many holders three are named, and not always the same', () => {
  const sources = newSources();
  for (let at = 0; at < 100; at += 1) ask(sources, `worker-${at}`, { has: [digest(0)] });
  const named = new Set<string>();
  for (let times = 0; times < 200; times += 1) {
    const peers = peersOf(ask(sources, 'b', { wants: [digest(0)] })) ?? [];
    expect(peers.length).toBe(3);
    for (const peer of peers) named.add(peer);
  }
  // The sixteen that got it last; the others are forgotten.
  expect([...named].sort()).toEqual(Array.from({ length: 16 }, (_, at) => `worker-${84 + at}`).sort());
});

test('no more is given than can be begun, and only so many blobs are under way from the manager at once', () => {
  const sources = newSources();
  expect(given(ask(sources, 'a', { wants: digests(256), most: 5 }))).toEqual(digests(5));
  const first = given(ask(sources, 'b', { wants: digests(256, 1000) })).length;
  expect(5 + first).toBe(64);
  // The others still get a little each, so that they have something to give.
  expect(given(ask(sources, 'c', { wants: digests(256, 2000) }))).toEqual(digests(2, 2000));
});

test('the longer the line of those who ask, the longer they wait until they ask again', () => {
  const sources = newSources();
  expect(ask(sources, 'a').again).toBe(50);
  for (let at = 0; at < 2000; at += 1) ask(sources, `worker-${at}`, {}, 2000);
  expect(ask(sources, 'a', {}, 4000).again).toBe(5000);
  expect(ask(sources, 'a', {}, 60_000).again).toBe(50);
});

test('what is remembered has a bound: the blobs and the workers heard of longest ago are forgotten', () => {
  const sources = newSources();
  const most = 500_000;
  const step = 10_000;
  for (let from = 0; from <= most; from += step) ask(sources, 'a', { has: digests(step, from) });
  expect(peersOf(ask(sources, 'b', { wants: [digest(0)] }))).toEqual([]);
  expect(peersOf(ask(sources, 'b', { wants: [digest(most)] }), digest(most))).toEqual(['a']);
  for (let at = 0; at < 20_000; at += 1) ask(sources, `worker-${at}`);
  expect(peersOf(ask(sources, 'b', { wants: [digest(most)] }), digest(most))).toEqual([]);
});

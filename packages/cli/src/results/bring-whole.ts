import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FarmClient, retryLater } from '@akashganga/client';
import { FarmError } from '@akashganga/protocol';

/** How often it may be cut in a row without a byte that is new. */
const CUTS = 3;
const PATIENCE_SECONDS = 60;
const MOMENT_MS = 500;

/**
 * Writes what is made while it is sent to `target`, which appears when it is whole. Gives the head of the first answer. After a
 * cut it goes on behind what is here, where the farm can send the rest of the same. Throws `farm.unreachable` when it was cut
 * for good: it begins anew then.
 */
export async function bringWhole(
  client: FarmClient,
  { path, what }: { readonly path: string; readonly what: string },
  target: string,
  signal?: AbortSignal,
): Promise<Awaited<ReturnType<FarmClient['send']>>['headers']> {
  const until = signal ? { signal } : {};
  const part = `${target}.${randomUUID()}.part`;
  let reply = await client.send({ method: 'GET', path, ...until });
  const { headers } = reply;
  try {
    for (let cuts = 0; ; ) {
      const before = reply.statusCode === 206 ? (await stat(part)).size : 0;
      const { here, cut } = await keep(reply.body, part, before);
      if (cut === null) break;
      cuts = here > before ? 0 : cuts + 1;
      const tag = reply.headers.etag;
      if (signal?.aborted || typeof tag !== 'string' || cuts >= CUTS) throw cut.cause;
      await sleep(MOMENT_MS, undefined, until);
      const rest = here > 0 ? { range: `bytes=${here}-`, 'if-range': tag } : {};
      reply = await retryLater(() => client.send({ method: 'GET', path, headers: rest, ...until }), {
        ...{ forSeconds: PATIENCE_SECONDS },
        ...until,
      });
    }
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true });
    if (signal?.aborted) throw cause;
    throw new FarmError('farm.unreachable', { url: client.url, why: `${what} was cut short` }, { cause });
  }
  return headers;
}

/** Writes behind the first `here` bytes what comes, up to its end or a cut. Throws what the disk says. */
async function keep(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  here: number,
): Promise<{ here: number; cut: { cause: unknown } | null }> {
  const file = await open(path, here > 0 ? 'a' : 'w');
  let at = here;
  try {
    const pieces = bytes[Symbol.asyncIterator]();
    for (;;) {
      const next = await pieces.next().catch((cause: unknown) => ({ cause }));
      if ('cause' in next) return { here: at, cut: next };
      if (next.done) return { here: at, cut: null };
      await file.appendFile(next.value);
      at += next.value.length;
    }
  } finally {
    await file.close();
  }
}

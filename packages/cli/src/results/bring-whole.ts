import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FarmClient } from '@akashganga/client';
import { FarmError } from '@akashganga/protocol';

/**
 * Writes what is made while it is sent to `target`, which appears when it is whole. Gives the head of the answer.
 * Throws `farm.unreachable` when it was cut: it begins anew then.
 */
export async function bringWhole(
  client: FarmClient,
  { path, what }: { readonly path: string; readonly what: string },
  target: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string | string[] | undefined>>> {
  const reply = await client.send({ method: 'GET', path, ...(signal ? { signal } : {}) });
  const part = `${target}.${randomUUID()}.part`;
  try {
    await pipeline(reply.body, createWriteStream(part, { flags: 'wx' }), { ...(signal ? { signal } : {}) });
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true });
    if (signal?.aborted) throw cause;
    throw new FarmError('farm.unreachable', { url: client.url, why: `${what} was cut short` }, { cause });
  }
  return reply.headers;
}

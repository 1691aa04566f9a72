import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError, FarmEvent } from '@akashganga/protocol';
import { createParser } from 'eventsource-parser';
import { apiPath, type FarmClient } from './farm-client.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Called when the stream broke and will be opened again. */
  readonly onLost?: (error: FarmError) => void;
  /** Called each time the stream is open. */
  readonly onOpen?: () => void;
}

/**
 * The farm's events, for as long as `signal` allows. A broken stream is resumed after the last event seen.
 * Throws only what no waiting can mend (a wrong key, for instance).
 */
export async function* followEvents(client: FarmClient, options: FollowOptions): AsyncGenerator<FarmEvent> {
  let lastId: string | null = null;
  while (!options.signal.aborted) {
    try {
      for await (const { id, event } of oneStream(client, lastId, options)) {
        lastId = id ?? lastId;
        yield event;
      }
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof FarmError && error.retry !== 'later') throw error;
      options.onLost?.(
        error instanceof FarmError
          ? error
          : new FarmError('farm.unreachable', { url: client.url, why: 'the stream broke' }),
      );
    }
    await sleep(500, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function* oneStream(
  client: FarmClient,
  lastId: string | null,
  options: FollowOptions,
): AsyncGenerator<{ id: string | null; event: FarmEvent }> {
  const reply = await client.send({
    method: 'GET',
    path: apiPath('/events'),
    headers: { accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}) },
    signal: options.signal,
  });
  options.onOpen?.();
  const ready: { id: string | null; event: FarmEvent }[] = [];
  const parser = createParser({
    onEvent(message) {
      const event = FarmEvent.safeParse(parseJson(message.data));
      if (event.success) ready.push({ id: message.id ?? null, event: event.data });
    },
  });
  const decoder = new TextDecoder();
  for await (const piece of reply.body) {
    parser.feed(decoder.decode(piece as Uint8Array, { stream: true }));
    yield* ready.splice(0);
  }
}

// A newer farm may announce things this release does not know; they are passed over.
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

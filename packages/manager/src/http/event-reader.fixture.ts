// Reads server-sent events as a browser does, and keeps them.
import type { FarmEvent } from '@akashganga/protocol';
import type { TestServer } from './http.fixture.ts';

export interface Heard {
  readonly id: string;
  readonly event: FarmEvent;
}

export class EventReader {
  readonly heard: Heard[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  static async open(server: TestServer, lastId?: string): Promise<EventReader> {
    const reader = new EventReader();
    const reply = await server.fetch('/events', {
      signal: reader.#stop.signal,
      headers: lastId === undefined ? {} : { 'last-event-id': lastId },
    });
    if (!reply.headers.get('content-type')?.startsWith('text/event-stream') || !reply.body)
      throw new Error(`no stream of events: ${reply.status}`);
    reader.#running = reader.#read(reply.body).catch(() => undefined);
    return reader;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of body) {
      const parts = (text + decoder.decode(piece, { stream: true })).split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) this.#take(part);
    }
  }

  #take(part: string): void {
    const field = (name: string) =>
      part
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) return;
    const event = JSON.parse(data) as FarmEvent;
    if (field('event') !== event.topic) throw new Error(`${field('event')} says ${event.topic}`);
    this.heard.push({ id: field('id') ?? '', event });
  }

  topics(): string[] {
    return this.heard.map(({ event }) => event.topic);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

import { FarmError } from '@akashganga/protocol';
import { streamSSE } from 'hono/streaming';
import type { Announcement } from '../announce/announcer.ts';
import type { Rooms } from './app.ts';
import type { HttpContext } from './serve.ts';

/** A reader that is this many characters behind is cut off; it comes back and resumes. More than is ever kept for those. */
const MOST_UNSENT = 12_000_000;

/** The farm's events as server-sent events, for as long as the reader keeps up. */
export function eventStream(context: HttpContext, rooms: Rooms): Response {
  const announcer = rooms.announcer();
  if (!announcer) throw new FarmError('farm.standing-by');
  const lastId = context.req.header('last-event-id') ?? null;
  return streamSSE(context, async (stream) => {
    let unsent: Announcement[] = [];
    let characters = 0;
    let wake: () => void = () => undefined;
    const stop = announcer.listen(lastId, (announcement) => {
      unsent.push(announcement);
      characters += announcement.data.length;
      if (characters > MOST_UNSENT) cutOff();
      wake();
    });
    // A write to a reader that reads nothing never ends, so what is kept for it is let go here.
    function cutOff(): void {
      stop();
      unsent = [];
      context.env.outgoing.destroy();
    }
    stream.onAbort(() => {
      stop();
      wake();
    });
    // A comment at once and every 15 s: the reader knows the stream is open, and dead connections are noticed.
    await stream.write(': open\n\n');
    try {
      while (!stream.aborted && !stream.closed) {
        const batch = unsent;
        unsent = [];
        characters = 0;
        if (batch.length > 0) await stream.write(batch.map(asText).join(''));
        else if (!(await untilNews(15_000))) await stream.write(': still here\n\n');
      }
    } finally {
      stop();
    }
    function untilNews(ms: number): Promise<boolean> {
      if (unsent.length > 0) return Promise.resolve(true);
      return new Promise((done) => {
        const timer = setTimeout(() => done(false), ms);
        wake = () => {
          clearTimeout(timer);
          done(true);
        };
      });
    }
  });
}

function asText({ id, topic, data }: Announcement): string {
  return `event: ${topic}\nid: ${id}\ndata: ${data}\n\n`;
}

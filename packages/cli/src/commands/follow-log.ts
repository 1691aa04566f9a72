import { setTimeout as sleep } from 'node:timers/promises';
import { type FarmClient, retryLater } from '@akashganga/client';
import { FarmError, type FrameState, fillPath, jobRoutes, type LiveLog } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { plain } from '../output/words.ts';

const ASK_MS = 1000;
const ENDED: readonly FrameState[] = ['done', 'failed', 'canceled'];

/** Where in which attempt's log somebody has read to. */
interface ReadTo {
  readonly lease: string | null;
  readonly lines: number;
}

/** `logs ID FRAME --follow`: what Blender says of the frame as it says it, also of later attempts, until the frame has ended. */
export async function followLog(client: FarmClient, id: string, frame: number, talk: Talk): Promise<void> {
  const params = { job: id, frame };
  let read: ReadTo = { lease: null, lines: 0 };
  for (;;) {
    const query = { after: read.lines, ...(read.lease === null ? {} : { lease: read.lease }) };
    const part = await retryLater(() => client.call(jobRoutes.liveLog, { params, query }));
    read = tell(part, read, params, talk);
    if (part.lease === null) {
      const { state } = (await retryLater(() => client.call(jobRoutes.frame, { params }))).frame;
      if (ENDED.includes(state)) return tellRest(client, params, read, talk);
    }
    await sleep(ASK_MS);
  }
}

function tell(
  { lease, from, lines }: LiveLog,
  read: ReadTo,
  of: { job: string; frame: number },
  talk: Talk,
): ReadTo {
  if (lease === null) return read;
  const before = lease === read.lease ? read.lines : 0;
  if (lines.length === 0) return { lease, lines: Math.max(before, from) };
  if (from > before) talk.say(`… ${from - before} lines are left out: they came too fast.`);
  talk.fact({ ...of, from, lines });
  talk.answer(lines.map(plain).join('\n'));
  return { lease, lines: from + lines.length };
}

/** What came after the last that was heard; it is in the whole log, which comes with the frame. */
async function tellRest(
  client: FarmClient,
  { job, frame }: { job: string; frame: number },
  read: ReadTo,
  talk: Talk,
): Promise<void> {
  const path = `${fillPath(jobRoutes.log.route.path, { job })}?frame=${frame}`;
  const text = await client.send({ method: 'GET', path }).then(
    (reply) => reply.body.text(),
    (error: unknown) => {
      // Blender may have said nothing, or the log of a frame that failed went with its worker.
      if (error instanceof FarmError) return '';
      throw error;
    },
  );
  const lines = text.replace(/\n$/, '').split('\n').slice(read.lines);
  if (text === '' || lines.length === 0) return;
  talk.fact({ job, frame, from: read.lines, lines });
  talk.answer(lines.map(plain).join('\n'));
}

import type { Readable } from 'node:stream';

/** A caller that is still sending when the answer comes sees a broken connection instead of it. */
export async function untilSent(incoming: Readable): Promise<void> {
  if (incoming.destroyed || incoming.readableEnded) return;
  incoming.resume();
  // Not for long: who goes on sending garbage may see the connection break.
  await new Promise<void>((sent) => {
    const timer = setTimeout(sent, 1000);
    for (const event of ['end', 'close'])
      incoming.once(event, () => {
        clearTimeout(timer);
        sent();
      });
  });
}

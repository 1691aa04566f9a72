/**
 * Calls `end` when nobody reads what is written any more, as in `akashganga workers --json | head -1`. That is no
 * failure: nothing more is to be said, and nothing is said of it. May call it more than once.
 */
export function whenUnheard(streams: readonly NodeJS.WriteStream[], end: () => void): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      end();
    });
}

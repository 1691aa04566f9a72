import { useEffect, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { joined, type LiveLines, noLines } from './live-lines.ts';

/** How often it is asked for more, while somebody renders the frame and while nobody does. */
const [OFTEN_MS, SELDOM_MS] = [1000, 3000];

/** The log of a frame, followed for as long as `isUnderWay`. What was heard stays, until the whole log is there. */
export function useLiveLog(job: string, frame: number, isUnderWay: boolean): LiveLines {
  const [live, setLive] = useState(noLines);
  useEffect(() => {
    if (!isUnderWay) return;
    const stop = new AbortController();
    void follow(job, frame, stop.signal, setLive);
    return () => stop.abort();
  }, [job, frame, isUnderWay]);
  return live;
}

async function follow(
  job: string,
  frame: number,
  signal: AbortSignal,
  onNews: (live: LiveLines) => void,
): Promise<void> {
  let live = noLines;
  while (!signal.aborted) {
    const after = live.from + live.lines.length;
    // A request that failed is made again: the page says elsewhere that the farm does not answer.
    const part = await farmApi.liveLog(job, frame, live.lease, after, signal).catch(() => null);
    if (signal.aborted) return;
    if (part) live = joined(live, part);
    onNews(live);
    await new Promise((next) => setTimeout(next, part?.lease ? OFTEN_MS : SELDOM_MS));
  }
}

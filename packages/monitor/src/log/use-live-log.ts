import { useEffect, useRef, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { joined, type LiveLines, noLines } from './live-lines.ts';

/** How often it is asked for more, while somebody renders the frame and while nobody does or the answer was an error. */
const [OFTEN_MS, SELDOM_MS] = [1000, 3000];

export interface LiveLogView extends LiveLines {
  /** Why there is nothing new, for people; null while the farm answers. */
  readonly failed: string | null;
  /** Asks now instead of in a while. */
  readonly again: () => void;
}

/** The log of a frame, followed for as long as `isUnderWay`. What was heard stays, until the whole log is there. */
export function useLiveLog(job: string, frame: number, isUnderWay: boolean): LiveLogView {
  const [live, setLive] = useState(noLines);
  const [failed, setFailed] = useState<string | null>(null);
  const wake = useRef(() => {});
  useEffect(() => {
    if (!isUnderWay) return;
    const stop = new AbortController();
    const { signal } = stop;
    const rest = (ms: number) =>
      new Promise<void>((next) => {
        const late = setTimeout(next, ms);
        wake.current = () => {
          clearTimeout(late);
          next();
        };
      });
    const follow = async () => {
      for (let known = noLines; !signal.aborted; ) {
        const after = known.from + known.lines.length;
        const heard = await farmApi.liveLog(job, frame, known.lease, after, signal).catch(errorOf);
        if (signal.aborted) return;
        if (!(heard instanceof Error)) known = joined(known, heard);
        setLive(known);
        setFailed(heard instanceof Error ? heard.message : null);
        await rest(!(heard instanceof Error) && heard.lease !== null ? OFTEN_MS : SELDOM_MS);
      }
    };
    void follow();
    return () => stop.abort();
  }, [job, frame, isUnderWay]);
  return { ...live, failed: isUnderWay ? failed : null, again: () => wake.current() };
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

import type { FrameState } from '@akashganga/protocol';
import { useEffect, useRef, useState } from 'react';
import { farmApi } from '../api/farm-api.ts';
import { useChanges, useLive } from '../live/live-context.tsx';
import { addRuns, applyStates, emptyBoard, type FrameBoard } from './frame-board.ts';

export interface BoardView {
  readonly board: FrameBoard;
  /** Changes whenever the board did. */
  readonly version: number;
  readonly reading: boolean;
  readonly error: string | null;
}

/**
 * The frames of a job: read in runs of one state, mostly in one request, then kept true by events. While `known` is false (no probe yet)
 * there is nothing to read. A new epoch of the connection, or too many changes at once, read all again behind the board
 * that is shown.
 */
export function useFrameBoard(job: string, known: boolean): BoardView {
  const { epoch } = useLive();
  const [view, setView] = useState<BoardView>(() => ({
    board: emptyBoard(),
    version: 0,
    reading: true,
    error: null,
  }));
  const boards = useRef<{ shown: FrameBoard; coming: FrameBoard | null }>({
    shown: view.board,
    coming: null,
  });
  const newer = useRef(new Map<number, FrameState>());
  const [again, setAgain] = useState(0);

  useChanges((changes) => {
    if (changes.allFrames.has(job)) setAgain((was) => was + 1);
    const told = changes.frames.get(job);
    if (!told) return;
    if (boards.current.coming) for (const [frame, state] of told) newer.current.set(frame, state);
    if (boards.current.coming) applyStates(boards.current.coming, told);
    applyStates(boards.current.shown, told);
    setView((was) => ({ ...was, version: was.version + 1 }));
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new epoch, or being told to, is the reason to read again
  useEffect(() => {
    if (!known) return;
    const stop = new AbortController();
    const coming = emptyBoard();
    boards.current.coming = coming;
    newer.current = new Map();
    const show = (reading: boolean, error: string | null) => {
      if (stop.signal.aborted) return;
      const settled = !reading && error === null;
      if (settled || coming.size >= boards.current.shown.size) boards.current.shown = coming;
      if (!reading) boards.current.coming = null;
      setView((was) => ({ board: boards.current.shown, version: was.version + 1, reading, error }));
    };
    readFrames(job, coming, newer.current, stop.signal, () => show(true, null)).then(
      () => show(false, null),
      (error: unknown) => show(false, error instanceof Error ? error.message : String(error)),
    );
    return () => stop.abort();
  }, [job, known, epoch, again]);

  return view;
}

async function readFrames(
  job: string,
  board: FrameBoard,
  newer: ReadonlyMap<number, FrameState>,
  signal: AbortSignal,
  onPage: () => void,
): Promise<void> {
  let from: number | null = null;
  for (;;) {
    const page = await farmApi.frameStates(job, from, signal);
    addRuns(board, page.runs, newer);
    if (page.next === null) return;
    from = page.next;
    onPage();
  }
}

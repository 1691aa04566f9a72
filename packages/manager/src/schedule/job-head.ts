import { type FrameCounts, formatFrames, type Job, parseFrames } from '@akashganga/protocol';
import type { JobEntry } from './farm-state.ts';
import { FrameBoard } from './frame-board.ts';
import { freshJob, noFrames } from './fresh.ts';

/** All of a job that is kept, but its frames. The counts are those of the moment it was written. */
export type JobHead = Omit<JobEntry, 'board' | keyof ReturnType<typeof freshJob>> & {
  readonly counts: FrameCounts;
};

export function headOf(job: JobEntry): JobHead {
  const {
    board,
    leases: _leases,
    holders: _holders,
    replacing: _replacing,
    machineProblems: _problems,
    rateSince: _since,
    doneTimes: _times,
    doneSeconds: _took,
    unbegun: _unbegun,
    recalls: _recalls,
    begun: _begun,
    doubles: _doubles,
    hasty: _hasty,
    ownPaces: _paces,
    rerendered: _again,
    left: _left,
    seeks: _seeks,
    soughtUntil: _until,
    grantedAt: _granted,
    renderedBy: _by,
    probeFailures: _probes,
    isShared: _shared,
    times: _seen,
    ...head
  } = job;
  return { ...head, counts: board?.counts() ?? noFrames() };
}

/** What a head that an earlier release wrote has not. */
const OLDER = {
  ...{ needs: {}, maxSlots: null, uses: [], order: 'forward' as const },
  ...{ moved: null, afterJob: null, afterTime: null, aloneUpTo: 0, tooSmall: 0, looksFirst: false },
};

const OLDER_FILM = { settings: {}, marked: null, notes: [], psnr: null };

/** A job read back from its head; frames that something happened to are put on its board by the caller. */
export function entryOf(head: JobHead): JobEntry {
  const { counts: _, ...rest } = { ...OLDER, ...head };
  return {
    ...rest,
    // A head that an earlier release wrote has none.
    film: { ...OLDER_FILM, ...head.film },
    peakMemory: head.peakMemory ?? null,
    oddFrames: head.oddFrames ?? [],
    board: head.frameSpec === null ? null : new FrameBoard(parseFrames(head.frameSpec), rest.order),
    ...freshJob(),
  };
}

/** A finished job as people see it, from its head alone. */
export function showHead(given: JobHead): Job {
  const head = { ...OLDER, ...given };
  const { askedFrames: _frames, askedFps: _fps, aloneUpTo: _alone, tooSmall: _small, ...shown } = head;
  const { counts, looksFirst: _looks, ...rest } = shown;
  const minutes =
    head.endedAt !== null && head.startedAt !== null ? (head.endedAt - head.startedAt) / 60_000 : 0;
  return {
    ...rest,
    tags: [...head.tags],
    film: { ...OLDER_FILM, ...head.film },
    frames: counts,
    oddFrames: [...(head.oddFrames ?? [])],
    peakMemory: head.peakMemory ?? null,
    framesPerMinute: minutes > 0 ? counts.done / minutes : null,
    secondsLeft: null,
    secondsLeftRange: null,
    uses: [...head.uses],
    blender: head.probe?.blender ?? null,
    waitsFor: null,
  };
}

/** The spec of some frames, for a lease's row. */
export function leaseFrames(frames: readonly number[]): string | null {
  return frames.length === 0 ? null : formatFrames(frames);
}

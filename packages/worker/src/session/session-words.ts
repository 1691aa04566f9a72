import type { FarmError, FrameOrder, ProblemCode } from '@akashganga/protocol';
import type { DriverEvent } from './driver-events.ts';
import type { Recogniser } from './failures/recognise.ts';
import type { ExpectedFile } from './frame-file.ts';
import type { Ending } from './process/blender-process.ts';
import type { MemoryGuard } from './watch/memory-guard.ts';

// What is asked of a session, and what it answers.

export interface FrameProgress {
  frame: number;
  /** 0 to 1, never falling, 0 while unknown. A hint for people: renders end early and start over. */
  fraction: number;
  /** Bytes of memory Blender holds now. */
  memory: number | null;
}

export interface RenderRequest {
  frame: number;
  /** Absolute path without extension, in a folder that exists: the file is exactly this and the extension. */
  output: string;
  /** `sequence` steps through the frames before this one first; `any` unless given. */
  order?: FrameOrder | undefined;
  /** What the picture must be, where that is known. */
  expect?: ExpectedFile | null | undefined;
  /** Seconds a frame of the job usually takes: how long it may show no progress depends on it. */
  usualSeconds?: number | null | undefined;
  /** Called when the frame starts and at most four times a second; must not throw. */
  onProgress?: ((progress: FrameProgress) => void) | undefined;
  /** Aborting kills Blender at once and closes the session. */
  signal?: AbortSignal | undefined;
}

export interface ExtraFile {
  /** For people: `Mist`, or `Passes/Mist`. */
  name: string;
  file: string;
}

export interface RenderedFrame {
  file: string;
  /** What came beside the picture: other views, File Output nodes. */
  extras: ExtraFile[];
  /** As measured inside Blender, saving included. */
  seconds: number;
  /** Bytes Blender held at most during this frame; null where the system does not tell. */
  memory: number | null;
  /** Bytes Blender still held after it. */
  held: number | null;
  /** Blender's log lines since the frame's start, the last 256 KB of them. */
  log: string;
}

/** How a session is watched and judged. */
export interface SessionRules {
  /** At most so many seconds without progress, whatever a frame usually takes; null: no bound of its own. */
  readonly hangSeconds: number | null;
  readonly recogniser: Recogniser;
  readonly guard: MemoryGuard;
  /** Problems of a finished frame that its job accepts. */
  readonly isAllowed: (code: ProblemCode) => boolean;
  readonly signal?: AbortSignal | undefined;
  /** Asked before Blender's last words are: why the process ended, if whoever encloses it knows. */
  readonly failureOf: (ending: Ending) => FarmError | null;
}

/** On which terms a scene is opened. */
export interface OpenTerms extends Pick<SessionRules, 'isAllowed'> {
  /** Aborting kills Blender at once and closes the session. */
  readonly signal: AbortSignal;
}

/** A question that is not answered yet. */
export interface Asking {
  frame: number | null;
  take: (event: DriverEvent) => void;
  fail: (error: unknown) => void;
}

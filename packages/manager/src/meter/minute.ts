/** What the farm did in one minute. */
export interface Minute {
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  readonly frames: number;
  /** Bytes of those frames. */
  readonly bytes: number;
  /** Slots at work, and slots of the workers that were there, on average. */
  readonly busy: number;
  readonly slots: number;
}

/** Where minutes are kept. */
export interface MinuteStore {
  /** Adds frames and bytes to what is there of the same minute. */
  add(minute: Minute): Promise<void>;
  since(at: number): Promise<Minute[]>;
  deleteBefore(at: number): Promise<void>;
}

export const MINUTE_MS = 60_000;

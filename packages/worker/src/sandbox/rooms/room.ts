import type { View } from '../view.ts';

/** What a room is built from. A room is an argument list that is put before a command: it runs the command inside. */
export interface RoomPlan {
  readonly view: View;
  /** An empty folder of the worker's, for a room that needs a place to stand in. */
  readonly place: string;
  /** Where the command starts. */
  readonly folder: string;
  /** Bytes that /tmp and /dev/shm may take in each room: they are memory. */
  readonly temporaryBytes: number;
}

export type Room = (plan: RoomPlan) => string[];

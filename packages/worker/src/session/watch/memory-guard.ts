import { type MemoryRoom, readMemoryRoom } from './memory-room.ts';

export interface MemoryGuardOptions {
  /** Bytes all sessions of a worker together may hold; null: as much as the computer or its container has. */
  readonly most?: number | null;
  readonly readRoom?: () => MemoryRoom | null;
}

/** One session as the guard sees it. */
interface Watched {
  held: number;
  readonly stop: (why: string) => void;
}

const GIB = 1024 ** 3;

/**
 * Sees memory run out before the kernel does: when less than a reserve is left, the session that holds most is stopped,
 * so that no other program of the computer is killed for it. One for all sessions of a worker.
 */
export class MemoryGuard {
  readonly #most: number | null;
  readonly #readRoom: () => MemoryRoom | null;
  readonly #watched = new Map<symbol, Watched>();
  #room: MemoryRoom | null = null;

  constructor(options: MemoryGuardOptions = {}) {
    this.#most = options.most ?? null;
    this.#readRoom = options.readRoom ?? readMemoryRoom;
  }

  /** `stop` is called at most once, with the end of a sentence. Call what is returned when the session has ended. */
  watch(session: symbol, stop: (why: string) => void): () => void {
    this.#watched.set(session, { held: 0, stop });
    return () => this.#watched.delete(session);
  }

  /** To be called often with what a session holds now. Costs five small reads. */
  look(session: symbol, held: number): void {
    const mine = this.#watched.get(session);
    if (mine) mine.held = held;
    this.#room = this.#readRoom();
    const why = this.#danger();
    if (why === null) return;
    const [largest] = [...this.#watched].sort(([, a], [, b]) => b.held - a.held);
    // Where others took the memory, stopping a small Blender would not help.
    if (!largest || largest[1].held < this.#reserve()) return;
    this.#watched.delete(largest[0]);
    largest[1].stop(why);
  }

  /** How often the kernel has killed for want of memory, as last seen. */
  kills(): number {
    return this.#readRoom()?.kills ?? 0;
  }

  #danger(): string | null {
    let held = 0;
    for (const one of this.#watched.values()) held += one.held;
    if (this.#most !== null && held > this.#most)
      return `it held ${gigabytes(held)}, more than the ${gigabytes(this.#most)} set for it, and was stopped`;
    if (!this.#room || this.#room.free >= this.#reserve()) return null;
    return `only ${gigabytes(this.#room.free)} of ${gigabytes(this.#room.total)} were left, and it was stopped before others were`;
  }

  // A twentieth, but neither so little that one allocation jumps over it nor so much that it lies idle.
  #reserve(): number {
    const total = this.#room?.total ?? 0;
    return Math.min(GIB, Math.max(GIB / 4, total / 20), total / 4);
  }
}

export function gigabytes(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

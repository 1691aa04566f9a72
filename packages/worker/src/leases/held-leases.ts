import { formatFrames, type Lease, parseFrames } from '@akashganga/protocol';

export interface HeldLease {
  readonly lease: Lease;
  /** Frames no slot has begun, ascending. */
  readonly waiting: number[];
  readonly rendering: Set<number>;
  readonly verify: ReadonlySet<number>;
  /** Aborted when the manager ends the lease, or the worker stops. */
  readonly ended: AbortController;
  probing: 'waiting' | 'running' | 'done';
}

export interface Work {
  readonly held: HeldLease;
  /** Null for a probe. */
  readonly frame: number | null;
  /** Whether it is to be rendered a second time, alone, and compared. */
  readonly verify: boolean;
}

/** The leases this worker has, in the order in which they came. Any slot takes the next frame of any of them. */
export class HeldLeases {
  readonly #held = new Map<string, HeldLease>();

  /** False when it is here already. Of frames that are kept nothing is left to be done by a slot. */
  add(lease: Lease): boolean {
    if (this.#held.has(lease.id)) return false;
    this.#held.set(lease.id, {
      lease,
      waiting: lease.frames === null || lease.kept ? [] : [...parseFrames(lease.frames)],
      rendering: new Set(),
      verify: new Set(lease.verify === null ? [] : parseFrames(lease.verify)),
      ended: new AbortController(),
      probing: lease.kind === 'probe' ? 'waiting' : 'done',
    });
    return true;
  }

  /** Forgets a lease; whatever renders for it stops at once. */
  end(id: string): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    held?.ended.abort();
  }

  /** The next frame or probe, of a lease with the scene `key` if there is one, else of the oldest. */
  take(key: string | null): Work | null {
    const ready = [...this.#held.values()].filter(
      (held) => (held.waiting.length > 0 && roomIn(held) > 0) || held.probing === 'waiting',
    );
    const held = ready.find((one) => sceneKey(one.lease) === key) ?? ready[0];
    if (!held) return null;
    if (held.probing === 'waiting') {
      held.probing = 'running';
      return { held, frame: null, verify: false };
    }
    const frame = held.waiting.shift() ?? null;
    if (frame !== null) held.rendering.add(frame);
    return { held, frame, verify: frame !== null && held.verify.has(frame) };
  }

  /** A scene that is being examined here: its frames will be next. */
  get examined(): Lease | null {
    for (const { lease, probing } of this.#held.values()) if (probing === 'running') return lease;
    return null;
  }

  /** Units of work no slot has begun, that free slots may begin. */
  get waiting(): number {
    let waiting = 0;
    for (const held of this.#held.values())
      waiting += Math.min(held.waiting.length, roomIn(held)) + Number(held.probing === 'waiting');
    return waiting;
  }

  /** What the manager is told: each lease with the frames not rendered yet. */
  list(): { lease: string; left: number }[] {
    return [...this.#held.values()].map(({ lease, waiting, rendering, probing }) => ({
      lease: lease.id,
      left: waiting.length + rendering.size + Number(probing !== 'done'),
    }));
  }

  /** Takes out all that no slot has begun, for a stopping worker to give back; null stands for a whole probe. */
  giveBack(): { lease: string; frames: string | null }[] {
    const given = [...this.#held.values()].filter(
      (held) => held.waiting.length > 0 || held.probing === 'waiting',
    );
    return given.map((held) => {
      held.probing = 'done';
      const frames = held.waiting.splice(0);
      return { lease: held.lease.id, frames: frames.length === 0 ? null : formatFrames(frames) };
    });
  }

  /** Takes out frames that no slot is to render, because they are here already. */
  leaveOut(id: string, frames: readonly number[]): void {
    if (frames.length > 0) this.yield(id, formatFrames(frames));
  }

  /** Takes out those of these frames that no slot has begun, as a spec; null when there are none. */
  yield(id: string, frames: string): string | null {
    const held = this.#held.get(id);
    if (!held) return null;
    const wanted = new Set(parseFrames(frames));
    const given = held.waiting.filter((frame) => wanted.has(frame));
    const kept = held.waiting.filter((frame) => !wanted.has(frame));
    held.waiting.splice(0, held.waiting.length, ...kept);
    return given.length === 0 ? null : formatFrames(given);
  }

  get ids(): string[] {
    return [...this.#held.keys()];
  }
}

/** How many more slots may render frames of this lease. */
function roomIn(held: HeldLease): number {
  return (held.lease.slots ?? Number.POSITIVE_INFINITY) - held.rendering.size;
}

/** Two leases with the same key can use the same session. */
export function sceneKey(lease: Lease): string {
  return JSON.stringify([lease.scene, lease.build, lease.settings]);
}

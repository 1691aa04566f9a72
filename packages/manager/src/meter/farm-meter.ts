import type { Throughput, WorkerLoad, WorkerUsage } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { Fact, FarmState } from '../schedule/index.ts';
import { isAlive } from '../schedule/match.ts';
import { LoadRing } from './load-ring.ts';
import { MINUTE_MS, type Minute, type MinuteStore } from './minute.ts';
import { stretchOf } from './stretch-of.ts';

export interface FarmMeterOptions {
  readonly state: FarmState;
  readonly store: MinuteStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
}

interface WorkerRings {
  readonly hour: LoadRing;
  readonly day: LoadRing;
  usage: WorkerUsage | null;
}

const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_COLUMNS = 60;
const DAY_COLUMNS = 96;
/** So that there is something to look back at for somebody who asks the database itself; 45,000 rows. */
const KEPT_MS = 31 * 24 * 60 * MINUTE_MS;

/**
 * Counts what the farm does: of the farm a row a minute in the database, of each worker two rings in memory, 624 bytes.
 * It decides nothing and nothing waits for it; a manager that is killed loses the minute that had begun.
 */
export class FarmMeter {
  readonly #options: FarmMeterOptions;
  readonly #workers = new Map<string, WorkerRings>();
  #at: number;
  #frames = 0;
  #bytes = 0;
  readonly #samples = { busy: 0, slots: 0, count: 0 };
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: FarmMeterOptions) {
    this.#options = options;
    this.#at = minuteOf(options.now());
  }

  /** What has been written down. */
  take(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind !== 'frame' || fact.state !== 'done') continue;
      this.#frames += 1;
      this.#bytes += fact.size ?? 0;
    }
  }

  /** Looks at all slots; to be called every few seconds. */
  sample(): void {
    const now = this.#options.now();
    if (minuteOf(now) !== this.#at) this.#endMinute(now);
    const { state } = this.#options;
    let [busy, slots] = [0, 0];
    for (const worker of state.workers.values()) {
      if (!isAlive(worker)) continue;
      const own = worker.slotReports.reduce((sum, slot) => sum + (slot.state === 'idle' ? 0 : 1), 0);
      busy += own;
      slots += worker.hello.slots;
      const rings = this.#ringsOf(worker.hello.id);
      rings.hour.add(own, now);
      rings.day.add(own, now);
    }
    this.#samples.busy += busy;
    this.#samples.slots += slots;
    this.#samples.count += 1;
  }

  /** What a worker of the farm says of itself. */
  noteUsage(worker: string, usage: WorkerUsage): void {
    if (this.#options.state.workers.has(worker)) this.#ringsOf(worker).usage = usage;
  }

  async throughput(): Promise<Throughput> {
    const { store, now: clock } = this.#options;
    const now = clock();
    // Asked for in a minute at which nobody has looked yet: the one before is over, and this one is led.
    if (minuteOf(now) !== this.#at) this.sample();
    await this.#writing;
    const written = await store.since(now - DAY_COLUMNS * QUARTER_MS);
    const minutes = [...written, this.#present()];
    return {
      hour: stretchOf(minutes, HOUR_COLUMNS, MINUTE_MS, now),
      day: stretchOf(minutes, DAY_COLUMNS, QUARTER_MS, now),
    };
  }

  load(worker: string): WorkerLoad {
    const now = this.#options.now();
    const rings = this.#workers.get(worker) ?? newRings();
    const stretch = (ring: LoadRing) => {
      const { from, means } = ring.read(now);
      return { from, eachMs: ring.eachMs, busy: means };
    };
    return { hour: stretch(rings.hour), day: stretch(rings.day), usage: rings.usage };
  }

  /** Resolves when the last minute is written down, or could not be. */
  async close(): Promise<void> {
    this.#endMinute(this.#options.now());
    await this.#writing;
  }

  #ringsOf(worker: string): WorkerRings {
    const known = this.#workers.get(worker) ?? newRings();
    this.#workers.set(worker, known);
    return known;
  }

  #present(): Minute {
    const { busy, slots, count } = this.#samples;
    const mean = (sum: number) => (count === 0 ? 0 : sum / count);
    return { at: this.#at, frames: this.#frames, bytes: this.#bytes, busy: mean(busy), slots: mean(slots) };
  }

  #endMinute(now: number): void {
    const { store, state, log } = this.#options;
    const minute = this.#present();
    [this.#at, this.#frames, this.#bytes] = [minuteOf(now), 0, 0];
    Object.assign(this.#samples, { busy: 0, slots: 0, count: 0 });
    for (const worker of this.#workers.keys()) if (!state.workers.has(worker)) this.#workers.delete(worker);
    const isNewHour = Math.floor(now / 3_600_000) !== Math.floor(minute.at / 3_600_000);
    this.#writing = store
      .add(minute)
      .then(() => (isNewHour ? store.deleteBefore(now - KEPT_MS) : undefined))
      .catch((error: unknown) => log.debug({ error }, 'a minute of the farm was not written down'));
  }
}

function newRings(): WorkerRings {
  return {
    hour: new LoadRing(HOUR_COLUMNS, MINUTE_MS),
    day: new LoadRing(DAY_COLUMNS, QUARTER_MS),
    usage: null,
  };
}

function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

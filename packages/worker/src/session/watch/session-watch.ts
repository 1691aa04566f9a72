import { type ProcessTree, processTree } from '../../proc/process-tree.ts';
import type { HangLimits } from './hang-limits.ts';
import { gigabytes, type MemoryGuard } from './memory-guard.ts';

export interface SessionWatchOptions {
  readonly pid: number;
  readonly guard: MemoryGuard;
  readonly onHang: (seconds: number, how: string) => void;
  readonly onMemory: (why: string) => void;
}

const LOOK_MS = 1000;
/** Less CPU than this share of one core is no work: a Blender that sleeps still wakes up now and then. */
const IDLE_SHARE = 0.01;
const TICKS_A_SECOND = 100;
const STILL = 'it did nothing at all';
/** New stages of one frame; a script that prints without end makes progress no oftener than this. */
const MOST_STAGES = 2000;

/**
 * Looks at a session's processes once a second: whether they get anywhere, and what they hold. Progress is a further
 * sample, a stage of the frame that was not heard of before, or an answer; words alone are none. Without /proc (macOS,
 * Windows) only progress is known.
 */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #id = Symbol('session');
  readonly #forget: () => void;
  readonly #kills: number;
  readonly #stages = new Set<string>();
  #limits: HangLimits | null = null;
  #timer: NodeJS.Timeout | null = null;
  #last: ProcessTree | null = null;
  #lastAt = 0;
  #progressAt = 0;
  #workedAt = 0;
  #peak = 0;
  #isClosed = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    this.#forget = options.guard.watch(this.#id, options.onMemory);
    this.#kills = options.guard.kills();
    this.#lookSoon(LOOK_MS);
  }

  /** Bytes Blender and what it started held at most since `begin`; null where the system does not tell. */
  get peak(): number | null {
    return this.#last === null ? null : this.#peak;
  }

  /** Something was asked of Blender: from now on progress is expected. */
  begin(limits: HangLimits): void {
    this.#limits = limits;
    this.#stages.clear();
    this.#peak = this.#last?.memory ?? 0;
    this.#progressAt = this.#workedAt = performance.now();
    this.#lookSoon(Math.min(LOOK_MS, (limits.quiet * 1000) / 4));
  }

  /** It was answered. */
  end(): void {
    this.#limits = null;
  }

  progress(): void {
    this.#progressAt = performance.now();
  }

  /** A line of the log. Numbers are left out: clocks and counters go on in a hang too. */
  heard(line: string): void {
    const stage = line.replace(/[\d.:]+/g, '').slice(0, 200);
    if (this.#stages.size >= MOST_STAGES || this.#stages.has(stage)) return;
    this.#stages.add(stage);
    this.progress();
  }

  /** Why the system may have killed Blender, as the end of a sentence; null without a sign that memory ran out. */
  outOfMemory(): string | null {
    if (this.#options.guard.kills() <= this.#kills) return null;
    const held = this.#peak > 0 ? ` while it held ${gigabytes(this.#peak)}` : '';
    return `the system killed it${held} because memory ran out`;
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #lookSoon(ms: number): void {
    if (this.#isClosed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#look();
      this.#lookSoon(Math.min(LOOK_MS, ((this.#limits?.quiet ?? 4) * 1000) / 4));
    }, ms).unref();
  }

  #look(): void {
    const tree = processTree(this.#options.pid);
    const now = performance.now();
    if (tree) {
      if (this.#worked(tree, now)) this.#workedAt = now;
      this.#last = tree;
      this.#peak = Math.max(this.#peak, tree.memory);
      this.#options.guard.look(this.#id, tree.memory);
    } else this.#workedAt = now;
    this.#lastAt = now;
    this.#judge(now);
  }

  #worked(tree: ProcessTree, now: number): boolean {
    if (!this.#last) return true;
    const ticks = tree.cpuTicks - this.#last.cpuTicks;
    const share = ticks / TICKS_A_SECOND / Math.max(0.001, (now - this.#lastAt) / 1000);
    return (
      (ticks > 1 && share > IDLE_SHARE) ||
      tree.io !== this.#last.io ||
      tree.pids.length !== this.#last.pids.length
    );
  }

  #judge(now: number): void {
    const limits = this.#limits;
    if (!limits || this.#isClosed) return;
    const still = (now - this.#progressAt) / 1000;
    const idle = (now - Math.max(this.#progressAt, this.#workedAt)) / 1000;
    if (idle > limits.quiet) this.#options.onHang(Math.round(idle), STILL);
    else if (still > limits.busy)
      this.#options.onHang(Math.round(still), idle > still / 2 ? STILL : 'it computed without end');
  }
}

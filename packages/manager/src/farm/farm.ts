import { randomBytes } from 'node:crypto';
import { FarmError } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { Announcer } from '../announce/announcer.ts';
import type { Database } from '../record/database.ts';
import type { Command, Fact, FarmState, Outcome, step } from '../schedule/index.ts';

// `request` is drawn here.
type WithoutRequest<T> = T extends { request: string } ? Omit<T, 'request'> : never;
export type FarmCommand = WithoutRequest<Command>;

/** What the farm needs of the others; the simulation has a record in memory and a clock of its own. */
export interface FarmRooms {
  readonly database: Pick<Database, 'write' | 'readJob'>;
  readonly announcer: Pick<Announcer, 'take'>;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Decides: the scheduler's `step`. */
  readonly step: typeof step;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Commands that are taken while the database is away: they tell who is alive and commit nothing of their own. */
const ALWAYS: ReadonlySet<Command['kind']> = new Set([
  'heartbeat',
  'tick',
  'gather',
  'ask-over',
  'gather-over',
]);

/**
 * Their answers let the sender forget what it said. One that found nothing to write is confirmed by a group
 * all the same: a manager that does not lead any more knows nothing of newer leases, and would pass over them.
 */
const CONFIRMED: ReadonlySet<Command['kind']> = new Set(['updates', 'reports']);

/**
 * The running farm: puts commands through the scheduler, commits what they brought about in groups, and
 * only then answers and announces. While one group is on its way to the disk the next one gathers.
 */
export class Farm {
  readonly id: string;
  readonly name: string;
  readonly state: FarmState;
  readonly #rooms: FarmRooms;
  readonly #waiting = new Map<string, Waiting>();
  /** Jobs deleted here, which the database may hold a moment longer. */
  readonly #deleted = new Set<string>();
  #batch: number;
  #gathering: Outcome[] = [];
  #committing: Promise<void> | null = null;
  #down = false;
  /** What gathers now is to be written even if it is empty. */
  #mustConfirm = false;
  #requests = 0;
  /** Called when this manager must not go on (another one leads, or a defect). */
  onFatal: (error: unknown) => void = () => undefined;

  constructor(loaded: { id: string; name: string; batch: number; state: FarmState }, rooms: FarmRooms) {
    this.id = loaded.id;
    this.name = loaded.name;
    this.state = loaded.state;
    this.#batch = loaded.batch;
    this.#rooms = rooms;
  }

  /** Resolves with the scheduler's reply once everything it rests on is on disk. */
  run<T>(command: FarmCommand): Promise<T> {
    return this.open<T>(command).reply;
  }

  /** Like `run`, with the request's name, for requests that stay open and may be given up. */
  open<T>(command: FarmCommand): { request: string; reply: Promise<T> } {
    this.#requests += 1;
    const request = `r${this.#requests}`;
    if (this.#down && !ALWAYS.has(command.kind))
      return { request, reply: Promise.reject(new FarmError('farm.database-down')) };
    const reply = new Promise<T>((resolve, reject) => this.#waiting.set(request, { resolve, reject }));
    if (CONFIRMED.has(command.kind)) this.#mustConfirm = true;
    const outcome = this.#rooms.step(this.state, { ...command, request } as Command, this.#rooms.now());
    this.#take(outcome, command.kind === 'heartbeat');
    return { request, reply };
  }

  /** For commands without a reply. */
  tell(command: FarmCommand): void {
    this.#take(this.#rooms.step(this.state, { ...command, request: '' } as Command, this.#rooms.now()));
  }

  /** Brings a job that ended before this manager started into memory, so that commands can reach it. */
  async ensureJob(id: string): Promise<void> {
    if (this.state.jobs.has(id) || this.#deleted.has(id)) return;
    const job = await this.#rooms.database.readJob(id);
    if (job && !this.state.jobs.has(id) && !this.#deleted.has(id)) this.state.jobs.set(id, job);
  }

  get isDown(): boolean {
    return this.#down;
  }

  #take(outcome: Outcome, isBeat = false): void {
    for (const job of outcome.removedJobs) this.#deleted.add(job);
    // That a worker is known rests on nothing that is to be written: it need not wait for a slow disk.
    if (isBeat && outcome.facts.length === 0 && outcome.replies.length <= 1) return this.#release([outcome]);
    // Nothing to write and nothing before it that is not written: answer at once.
    if (outcome.facts.length === 0 && !this.#mustConfirm && !this.#committing && this.#gathering.length === 0)
      return this.#release([outcome]);
    this.#gathering.push(outcome);
    this.#committing ??= this.#commitAll();
  }

  async #commitAll(): Promise<void> {
    // One turn of the event loop, so that what arrived together is written together.
    await new Promise((next) => setImmediate(next));
    try {
      while (this.#gathering.length > 0) {
        const group = this.#gathering;
        this.#gathering = [];
        const facts = group.flatMap((outcome) => outcome.facts);
        if (facts.length > 0 || this.#mustConfirm) await this.#commit(facts);
        this.#release(group);
      }
    } catch (error) {
      this.#rooms.log.fatal({ error }, 'the farm cannot go on');
      this.onFatal(error);
    } finally {
      this.#committing = null;
    }
  }

  async #commit(facts: readonly Fact[]): Promise<void> {
    this.#mustConfirm = false;
    await this.#rooms.database.write(this.#batch + 1, facts, (down) => {
      this.#down = down;
    });
    this.#batch += 1;
  }

  #release(group: readonly Outcome[]): void {
    for (const outcome of group) {
      for (const reply of outcome.replies) {
        const waiting = this.#waiting.get(reply.request);
        this.#waiting.delete(reply.request);
        if ('error' in reply) waiting?.reject(reply.error);
        else waiting?.resolve(reply.value as never);
      }
      this.#rooms.announcer.take(outcome);
    }
  }

  /** Waits for what is on its way to the disk, then answers what is still open with `farm.standing-by`. */
  async close(): Promise<void> {
    while (this.#committing && !this.#down) await this.#committing;
    for (const waiting of this.#waiting.values()) waiting.reject(new FarmError('farm.standing-by'));
    this.#waiting.clear();
  }
}

/** A name that no other process of any farm has. */
export function drawId(length = 10): string {
  return randomBytes(length * 2)
    .toString('base64url')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, length);
}

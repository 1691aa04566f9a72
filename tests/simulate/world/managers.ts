import { FarmError, type WorkReply } from '@akashganga/protocol';
import { pino } from 'pino';
import { Farm, type FarmCommand } from '../../../packages/manager/src/farm/farm.ts';
import { NotLeading } from '../../../packages/manager/src/record/not-leading.ts';
import type { Command, FarmState, Outcome, step } from '../../../packages/manager/src/schedule/index.ts';
import type { SimRecord } from './record.ts';
import { Broken, type World } from './world.ts';

/** What watches each decision, and each answer as it leaves. */
export interface Watch {
  /** After a decision of the manager that leads. */
  decided(state: FarmState, command: Command, outcome: Outcome, now: number): void;
  /** A manager has read the farm back. */
  started(state: FarmState): void;
}

interface Running {
  readonly number: number;
  readonly farm: Farm;
  alive: boolean;
}

const EPOCH = 1_790_000_000_000;
const log = pino({ level: 'silent' });

/**
 * The farm's manager, which is the real one from its command on: the real `Farm` with its groups, and the
 * real scheduler. It dies and starts anew at any moment, and for a while there may be two.
 */
export class Managers {
  readonly #world: World;
  readonly #record: SimRecord;
  readonly #step: typeof step;
  readonly #watch: Watch;
  readonly #running: Running[] = [];
  #count = 0;
  /** How far the managers' clock is off, milliseconds. */
  #clockOff = 0;
  broken: Broken | null = null;

  constructor(world: World, record: SimRecord, rules: { step: typeof step; watch: Watch }) {
    this.#world = world;
    this.#record = record;
    this.#step = rules.step;
    this.#watch = rules.watch;
    this.start();
  }

  /** The manager that leads; null while none runs. */
  get leader(): Farm | null {
    return this.#running.find((one) => one.number === this.#record.leader)?.farm ?? null;
  }

  get time(): number {
    return Math.round(EPOCH + this.#world.clock.now + this.#clockOff);
  }

  /** A new manager takes the lock and reads the farm back; one that led before does not know it yet. */
  start(): void {
    this.#count += 1;
    const number = this.#count;
    this.#record.leader = number;
    const state = this.#record.shelf.rebuild(`l${number}`, this.time);
    const farm = new Farm(
      { id: 'farm', name: 'Akashganga', batch: this.#record.batch, state },
      {
        database: this.#record.seenBy(number),
        announcer: { take: () => undefined },
        log,
        now: () => this.time,
        step: (before, command, now) => this.#decide(number, before, command, now),
      },
    );
    const running: Running = { number, farm, alive: true };
    farm.onFatal = (error) => {
      this.#stop(running);
      if (!(error instanceof NotLeading)) this.#report(error);
    };
    this.#running.push(running);
    this.#watch.started(state);
    this.#world.clock.every(1000, () => {
      if (running.alive) this.#tell(farm, { kind: 'tick' });
      return running.alive;
    });
  }

  #decide(number: number, state: FarmState, command: Command, now: number): Outcome {
    try {
      const outcome = this.#step(state, command, now);
      if (this.#record.leader === number) this.#watch.decided(state, command, outcome, now);
      return outcome;
    } catch (error) {
      this.#report(error);
      throw error;
    }
  }

  #report(error: unknown): void {
    this.broken ??= error instanceof Broken ? error : new Broken(String((error as Error).stack ?? error));
  }

  #stop(running: Running): void {
    running.alive = false;
    const at = this.#running.indexOf(running);
    if (at >= 0) this.#running.splice(at, 1);
  }

  /** All managers die, and one starts after a while. */
  restart(afterMs: number): void {
    for (const running of [...this.#running]) this.#kill(running);
    this.#world.clock.after(afterMs, () => {
      if (this.#running.length === 0) this.start();
    });
  }

  /** Another manager takes the lock while the one before still believes that it leads. */
  takeOver(): void {
    const before = this.#running.at(-1);
    if (!before) return;
    this.start();
    this.#world.clock.after(this.#world.chance.between(0, 5000), () => this.#kill(before));
  }

  #kill(running: Running): void {
    if (!running.alive) return;
    this.#record.forget(running.number);
    this.#stop(running);
  }

  jumpClock(ms: number): void {
    this.#clockOff += ms;
  }

  /** Any of those that run, as it is for a worker that has not heard which one leads. */
  #oneOfThem(): Running | undefined {
    return this.#running.length > 1 ? this.#world.chance.oneOf(this.#running) : this.#running[0];
  }

  /**
   * A request arrives. Resolves with the answer, rejects with a problem, and with `null` when the manager
   * cannot be reached; never comes back when it is killed meanwhile.
   */
  open<T>(command: FarmCommand, jobs: readonly string[] = []): Call<T> {
    const running = this.#oneOfThem();
    if (!running) return { reply: Promise.reject(null), giveUp: () => undefined };
    this.#world.clock.unsettled = true;
    let request: string | null = null;
    const run = async (): Promise<T> => {
      for (const job of jobs) await running.farm.ensureJob(job);
      const opened = running.farm.open<T>(command);
      request = opened.request;
      const reply = await opened.reply;
      if (command.kind === 'ask') this.#mustBeWritten(reply as WorkReply);
      return reply;
    };
    const reply = run().catch((error: unknown) => {
      if (!(error instanceof FarmError)) this.#report(error);
      throw error;
    });
    const giveUp = (over: (request: string) => FarmCommand) => {
      if (running.alive && request !== null) this.#tell(running.farm, over(request));
    };
    return { reply, giveUp };
  }

  // What a worker is told is on disk, for the next manager to know.
  #mustBeWritten(reply: WorkReply): void {
    for (const { id } of reply.leases)
      if (!this.#record.leasesSeen.has(id)) this.#report(new Broken(`${id} was told before it was written`));
  }

  #tell(farm: Farm, command: FarmCommand): void {
    this.#world.clock.unsettled = true;
    farm.tell(command);
  }
}

export interface Call<T> {
  readonly reply: Promise<T>;
  readonly giveUp: (over: (request: string) => FarmCommand) => void;
}

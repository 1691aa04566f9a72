import type { FarmError } from '@akashganga/protocol';
import type { FarmCommand } from '../../../packages/manager/src/farm/farm.ts';
import type { Managers } from './managers.ts';
import type { World } from './world.ts';

const DELAY_MS = [0.3, 15] as const;
const LATE_MS = [100, 12_000] as const;
/** The manager answers an open request after this long. */
const OPEN_MS = 25_000;

export interface Ask {
  readonly command: FarmCommand;
  /** Jobs that the handler makes sure of before it runs the command. */
  readonly jobs?: readonly string[];
  readonly timeoutMs: number;
  /** For requests that stay open: how they are given up. */
  readonly over?: (request: string) => FarmCommand;
}

export interface Answers<T> {
  readonly onReply: (value: T) => void;
  /** A problem, or null for a connection that broke or an answer that never came. */
  readonly onFailure: (error: FarmError | null) => void;
}

/** The way between someone and the manager: it loses, delays, doubles and overtakes. */
export class Link {
  readonly #world: World;
  readonly #managers: Managers;

  constructor(world: World, managers: Managers) {
    this.#world = world;
    this.#managers = managers;
  }

  /** How long a message is under way now; null when it is lost. */
  delay(): number | null {
    const { chance, faults } = this.#world;
    if (chance.happens(faults.lost)) return null;
    const [low, high] = chance.happens(faults.late) ? LATE_MS : DELAY_MS;
    return chance.between(low, high);
  }

  /** Sends a request. Returns how to hang up. */
  send<T>(ask: Ask, answers: Answers<T>): () => void {
    const { clock, chance, faults } = this.#world;
    const exchange = { ended: false, hangUp: [] as (() => void)[] };
    const end = (tell: () => void) => {
      if (exchange.ended) return;
      exchange.ended = true;
      timeout.canceled = true;
      tell();
    };
    const timeout = clock.after(ask.timeoutMs, () => end(() => answers.onFailure(null)));
    const copies = chance.happens(faults.doubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const there = this.delay();
      if (there !== null) clock.after(there, () => exchange.hangUp.push(this.#arrive(ask, answers, end)));
    }
    return () => {
      end(() => undefined);
      const gone = this.delay();
      if (gone !== null)
        clock.after(gone, () => {
          for (const hangUp of exchange.hangUp) hangUp();
        });
    };
  }

  #arrive<T>(ask: Ask, answers: Answers<T>, end: (tell: () => void) => void): () => void {
    const { clock } = this.#world;
    const call = this.#managers.open<T>(ask.command, ask.jobs);
    const { over } = ask;
    const giveUp = () => over && call.giveUp(over);
    const timer = over ? clock.after(OPEN_MS, giveUp) : null;
    const back = (tell: () => void) => {
      if (timer) timer.canceled = true;
      const delay = this.delay();
      if (delay !== null) clock.after(delay, () => end(tell));
    };
    call.reply.then(
      (value) => back(() => answers.onReply(value)),
      (error: FarmError | null) => back(() => answers.onFailure(error)),
    );
    return giveUp;
  }
}

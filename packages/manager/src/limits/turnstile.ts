import { FarmError } from '@akashganga/protocol';
import { addressKey } from './address-key.ts';
import { Buckets } from './buckets.ts';

/** What a request is, as far as it is counted. */
export type Passage = 'call' | 'transfer' | 'stream';

/** How much one token or one member may have open at a time, what it may ask, and how often secrets may be wrong. */
export interface CallerLimits {
  readonly open: Readonly<Record<Passage, number>>;
  readonly calls: { readonly most: number; readonly perSecond: number };
  readonly wrong: { readonly most: number; readonly perSecond: number };
}

/**
 * Far above what our own programs need: a worker has about ten requests open and asks some tens of times a second, a
 * page has six. All count for the token or the certificate and not for the address, because a thousand workers may
 * stand behind one.
 */
export const CALLER_LIMITS: CallerLimits = {
  open: { call: 1000, transfer: 64, stream: 200 },
  calls: { most: 10_000, perSecond: 1000 },
  wrong: { most: 30, perSecond: 1 },
};

const WORDS: Readonly<Record<Passage, string>> = {
  call: 'requests',
  transfer: 'transfers',
  stream: 'event streams',
};

type Open = Record<Passage, number>;

/** Counts what callers have open and how often they ask. Throws `caller.too-often` and `caller.too-many-open`. */
export class Turnstile {
  readonly #limits: CallerLimits;
  readonly #now: () => number;
  readonly #calls: Buckets;
  readonly #wrong: Buckets;
  readonly #open = new Map<string, Open>();

  constructor(limits: CallerLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#calls = new Buckets(limits.calls);
    this.#wrong = new Buckets(limits.wrong);
  }

  /** Lets a request of `caller` in, whom people call `who`; what it gives back is called when the request is over. */
  enter(caller: string, passage: Passage, who = caller): () => void {
    // Blobs are small and many; what bounds them is how many are under way.
    const seconds = passage === 'transfer' ? null : this.#calls.take(caller, this.#now());
    if (seconds !== null) throw new FarmError('caller.too-often', { who, seconds });
    const open = this.#open.get(caller) ?? { call: 0, transfer: 0, stream: 0 };
    const most = this.#limits.open[passage];
    if (open[passage] >= most)
      throw new FarmError('caller.too-many-open', { who, most, what: WORDS[passage], seconds: 1 });
    this.#open.set(caller, open);
    open[passage] += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      open[passage] -= 1;
      if (open.call + open.transfer + open.stream === 0) this.#open.delete(caller);
    };
  }

  /**
   * A secret that is none came from `address`. Who sends many is told to wait and nothing else. A right one passes at
   * any time: it is too long to be guessed, and others may stand behind the same address.
   */
  wasWrong(address: string): void {
    const seconds = this.#wrong.take(addressKey(address), this.#now());
    if (seconds !== null) throw new FarmError('caller.too-often', { who: address, seconds });
  }
}

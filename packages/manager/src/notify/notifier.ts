import { FarmError, type Notice } from '@akashganga/protocol';
import type { Logger } from 'pino';
import type { DuePosting, PostingEnd, PostingRow } from '../record/posting-rows.ts';
import { letterFor } from './letter-for.ts';
import type { MayReach } from './may-reach.ts';
import { type Outcome, postNotice } from './post-notice.ts';
import { postingName } from './show-posting.ts';

/** Where postings are kept; all of it may throw while the database is away. */
export interface PostingStore {
  /** One of each webhook that has any. */
  readonly due: (now: number, most: number) => Promise<readonly DuePosting[]>;
  /** When the next one is due; null when none waits. */
  readonly nextAt: () => Promise<number | null>;
  /** Null when its webhook was removed meanwhile. */
  readonly end: (posting: DuePosting, end: PostingEnd) => Promise<PostingRow | null>;
  /** Gives those up that have waited since before then. */
  readonly giveUp: (before: number, now: number) => Promise<void>;
  readonly addTest: (webhook: string, notice: Notice) => Promise<DuePosting | null>;
}

export interface NotifierOptions {
  readonly store: PostingStore;
  readonly farm: { readonly id: string; readonly name: string };
  readonly mayReach: MayReach;
  readonly now: () => number;
  readonly log: Logger;
}

/** How long a webhook is left alone after so many failures in a row; the last one from then on. Milliseconds. */
const WAITS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/** After so long nobody wants to hear of it any more. */
const DAY_MS = 24 * 60 * 60_000;
const AT_ONCE = 16;
const DATABASE_AWAY_MS = 5_000;
/** Also without being woken: `setTimeout` counts no further than 24 days, and clocks are set. */
const LONGEST_SLEEP_MS = 10 * 60_000;

/**
 * Sends what the farm has to tell. Postings are in the database before it hears of them, so that a manager that is
 * killed goes on where it was; one that was on its way then is sent again, under the same id. A webhook
 * that does not answer is asked seldom, and its own postings wait alone.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isAsked = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** There may be something to send. */
  wake(): void {
    this.#isAsked = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#end.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Posts a test to one webhook, once. Throws `access.unknown`. */
  async test(webhook: string): Promise<PostingRow> {
    const { store, now } = this.#options;
    const notice = { event: 'test' as const, at: now(), job: null, worker: null, problem: null };
    const posting = await store.addTest(webhook, notice);
    const outcome = posting && (await this.#post(posting));
    const ended = outcome && (await store.end(posting, { ...endOf(outcome), retryAt: null, at: now() }));
    if (!ended) throw new FarmError('access.unknown', { what: 'webhook', id: webhook });
    return ended;
  }

  async #run(): Promise<void> {
    const { store, now, log } = this.#options;
    try {
      while (this.#isAsked && !this.#end.signal.aborted) {
        this.#isAsked = false;
        await store.giveUp(now() - DAY_MS, now());
        const due = await store.due(now(), AT_ONCE);
        if (due.length > 0) this.#isAsked = true;
        await Promise.all(due.map((posting) => this.#send(posting)));
      }
      const next = await store.nextAt();
      if (next !== null) this.#sleep(Math.max(0, next - now()));
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'notices wait, because the database does not answer');
      this.#sleep(DATABASE_AWAY_MS);
    }
  }

  async #send(posting: DuePosting): Promise<void> {
    const { store, now, log } = this.#options;
    const outcome = await this.#post(posting);
    // Cut off because this manager ends: that says nothing of the receiver.
    if (this.#end.signal.aborted && outcome.kind === 'failed') return;
    const wait = WAITS[Math.min(posting.failures, WAITS.length - 1)] ?? DAY_MS;
    const retryAt = outcome.kind === 'failed' ? now() + wait : null;
    if (outcome.kind !== 'sent')
      log.warn({ webhook: posting.webhook, why: outcome.why }, 'a notice was not taken');
    await store.end(posting, { ...endOf(outcome), retryAt, at: now() });
  }

  #post(posting: DuePosting): Promise<Outcome> {
    const { farm, mayReach, now } = this.#options;
    const name = postingName(farm.id, posting.id);
    const letter = letterFor(name, posting.notice, posting, { farm, now: now() });
    return postNotice(letter, mayReach, this.#end.signal);
  }

  #sleep(ms: number): void {
    if (this.#end.signal.aborted || this.#timer) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(ms, LONGEST_SLEEP_MS));
  }

  /** What is on its way is cut off; it is sent again by whoever leads next. */
  async close(): Promise<void> {
    this.#end.abort();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running;
  }
}

function endOf(outcome: Outcome) {
  const state = outcome.kind === 'sent' ? ('sent' as const) : ('failed' as const);
  return { state, status: outcome.status, why: outcome.kind === 'sent' ? null : outcome.why };
}

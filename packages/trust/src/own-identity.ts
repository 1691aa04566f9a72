import { type Certified, endOf, isGood } from './certificates.ts';
import type { TlsIdentity } from './member.ts';

/** An identity whose certificate is replaced while it is in use: connections from then on show the new one. */
export class OwnIdentity implements TlsIdentity {
  readonly authority: string;
  #certified: Certified;

  constructor(authority: string, certified: Certified) {
    this.authority = authority;
    this.#certified = certified;
  }

  get certificate(): string {
    return this.#certified.certificate;
  }

  get key(): string {
    return this.#certified.key;
  }

  /** Both at once. */
  get certified(): Certified {
    return this.#certified;
  }

  replace(certified: Certified): void {
    this.#certified = certified;
  }
}

/** How often it is looked whether a certificate nears its end. It has 120 days left then, so a farm may be away for long. */
const LOOK_MS = 6 * 60 * 60_000;
/** A computer that was off for months may have less time than that: it is tried again after this part of what is left. */
const PART_LEFT = 0.1;
const SHORTEST_LOOK_MS = 1000;

/** Of a logger what is needed here. */
export interface RenewalLog {
  info(words: string): void;
  warn(about: object, words: string): void;
}

export interface StayCertifiedOptions {
  readonly identity: OwnIdentity;
  /** Names that the certificate has to have. */
  readonly names?: readonly string[];
  /** A new one; it may throw, and is asked again at the next look. */
  readonly renew: () => Promise<Certified>;
  readonly now: () => number;
  readonly log: RenewalLog;
}

export interface Renewal {
  /** Looks now, and never again. */
  once(): Promise<void>;
  look(): Promise<void>;
  close(): void;
}

/** Renews a certificate before it ends, for as long as the process lives. `look` is for who does not want to wait. */
export function stayCertified(options: StayCertifiedOptions): Renewal {
  const { identity, names = [], renew, now, log } = options;
  const look = async () => {
    if (isGood(identity.certificate, identity.authority, names, now())) return;
    try {
      identity.replace(await renew());
      log.info('the certificate was renewed');
    } catch (error) {
      log.warn({ error }, 'the certificate could not be renewed');
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const lookLater = () => {
    if (isClosed) return;
    const wait = waitFor(endOf(identity.certificate) - now());
    timer = setTimeout(() => look().finally(lookLater), wait).unref();
  };
  lookLater();
  const close = () => {
    isClosed = true;
    clearTimeout(timer);
  };
  const once = async () => {
    close();
    await look();
  };
  return { once, look, close };
}

// With one that has ended nobody is heard.
function waitFor(left: number): number {
  return left <= 0 ? LOOK_MS : Math.min(LOOK_MS, Math.max(SHORTEST_LOOK_MS, left * PART_LEFT));
}

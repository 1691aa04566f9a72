/** Transfers that tell the speed: the latest ones that moved so much together. */
const WINDOW_BYTES = 64 * 2 ** 20;
/** Smaller ones tell of waiting and not of the link, and with few of them nothing is known yet. Bytes. */
const LEAST_BYTES = 16 * 1024;
const MOST = 50;
/** Where transfers follow each other without a rest, they are counted together for so long. Milliseconds. */
const LONGEST_MS = 5000;

interface Transfer {
  readonly bytes: number;
  readonly ms: number;
}

/** How fast this computer's way to the farm is, by what went over it lately. */
export class LinkSpeed {
  #transfers: Transfer[] = [];
  #bytes = 0;
  #underWay = 0;
  #since = 0;
  #moved = 0;

  /** One transfer, or several that went at the same time; `ms` is from the beginning of the first to the end of the last. */
  note(bytes: number, ms: number): void {
    if (bytes < LEAST_BYTES || ms <= 0) return;
    this.#transfers.push({ bytes, ms });
    this.#bytes += bytes;
    for (let first = this.#transfers[0]; first && this.#isSpare(first); first = this.#transfers[0]) {
      this.#bytes -= first.bytes;
      this.#transfers.shift();
    }
  }

  /** A transfer that goes on beside others begins. Milliseconds. */
  begin(now: number): void {
    if (this.#underWay === 0) [this.#since, this.#moved] = [now, 0];
    this.#underWay += 1;
  }

  /** It has moved so many bytes; null: it failed, and nothing is learned from this time. */
  end(bytes: number | null, now: number): void {
    this.#underWay -= 1;
    if (bytes === null) [this.#since, this.#moved] = [now, 0];
    else this.#moved += bytes;
    if (this.#underWay > 0 && now - this.#since < LONGEST_MS) return;
    this.note(this.#moved, now - this.#since);
    [this.#since, this.#moved] = [now, 0];
  }

  /** Bytes a second; null before the first transfer. */
  get perSecond(): number | null {
    const ms = this.#transfers.reduce((sum, transfer) => sum + transfer.ms, 0);
    return ms === 0 ? null : (this.#bytes * 1000) / ms;
  }

  #isSpare({ bytes }: Transfer): boolean {
    return (
      this.#transfers.length > 1 && (this.#bytes - bytes >= WINDOW_BYTES || this.#transfers.length > MOST)
    );
  }
}

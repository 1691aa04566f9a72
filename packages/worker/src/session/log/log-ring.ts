const longestLine = 4000;
/** What Blender says of the driver's own gates (history/row.py) is about no frame that anybody asked for. */
const gate = /skipping existing frame ".*[/\\]gates[/\\]/i;

/**
 * The last lines of a log, at most `limit` characters of them. `mark()` names the present moment and `since(mark)` gives
 * the lines after it, as far as they were kept.
 */
export class LogRing {
  readonly #limit: number;
  #lines: string[] = [];
  #size = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: string): void {
    if (gate.test(line)) return;
    const kept = line.length > longestLine ? `${line.slice(0, longestLine)} …` : line;
    this.#lines.push(kept);
    this.#size += kept.length + 1;
    // Half of it goes at once, so that a chatty render pays for the shift rarely.
    if (this.#size > this.#limit) this.#forget(this.#limit / 2);
  }

  mark(): number {
    return this.#dropped + this.#lines.length;
  }

  since(mark: number): string {
    return this.#lines.slice(Math.max(0, mark - this.#dropped)).join('\n');
  }

  /**
   * Lines after `mark` without the first `after` of them: the last ones, at most `lines` of them and about so many
   * characters. `from`: how many lines after the mark come before these.
   */
  tail(
    mark: number,
    after: number,
    most: { lines: number; characters: number },
  ): { from: number; lines: string[] } {
    const least = Math.max(mark + after - this.#dropped, this.#lines.length - most.lines, 0);
    let first = this.#lines.length;
    for (let left = most.characters; first > least; first -= 1) {
      left -= (this.#lines[first - 1]?.length ?? 0) + 1;
      if (left < 0) break;
    }
    return { from: Math.max(0, first + this.#dropped - mark), lines: this.#lines.slice(first) };
  }

  text(): string {
    return this.#lines.join('\n');
  }

  #forget(downTo: number): void {
    let first = 0;
    for (; this.#size > downTo && first < this.#lines.length - 1; first++) {
      this.#size -= (this.#lines[first]?.length ?? 0) + 1;
    }
    this.#lines = this.#lines.slice(first);
    this.#dropped += first;
  }
}

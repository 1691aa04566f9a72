import type { Announcement } from './announcer.ts';

/** At most so many events, and so many characters of them, whichever is reached first. */
const MOST_EVENTS = 2000;
const MOST_CHARACTERS = 8_000_000;

/** The latest events in their order, numbered, for readers that come back. */
export class KeptEvents {
  #events: Announcement[] = [];
  #characters = 0;
  /** The number of the latest event. */
  last = 0;

  add(make: (number: number) => Announcement): Announcement {
    this.last += 1;
    const event = make(this.last);
    this.#events.push(event);
    this.#characters += event.data.length;
    while (this.#events.length > MOST_EVENTS || this.#characters > MOST_CHARACTERS)
      this.#characters -= this.#events.shift()?.data.length ?? 0;
    return event;
  }

  /** Something happened of which no event was made: who was here before that has missed something. */
  skip(): void {
    this.last += 1;
    if (this.#events.length > 0) this.#events = [];
    this.#characters = 0;
  }

  /** What came after the event of this number; null when not all of it is kept. */
  after(number: number): readonly Announcement[] | null {
    const missed = this.last - number;
    if (!(missed >= 0 && missed <= this.#events.length)) return null;
    return this.#events.slice(this.#events.length - missed);
  }
}

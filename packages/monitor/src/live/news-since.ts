import { type Changes, gatherAll, noChanges } from './changes.ts';

/**
 * What was told while the farm was asked. An answer tells how things were when the farm gave it; an event that came
 * while it was on its way may be newer, and there may be nothing yet to put it into.
 */
export class NewsSince {
  readonly #asked = new Set<Changes>();

  /** To be told of all changes, before or after they are put into what the page knows. */
  note(changes: Changes): void {
    for (const news of this.#asked) gatherAll(news, changes);
  }

  /** The farm's answer, with `put` on top what was told since it was asked. Rejects as `ask` does. */
  async on<Answer>(
    ask: () => Promise<Answer>,
    put: (answer: Answer, news: Changes) => Answer,
  ): Promise<Answer> {
    const news = noChanges();
    this.#asked.add(news);
    try {
      return put(await ask(), news);
    } finally {
      this.#asked.delete(news);
    }
  }
}

/** What items are put in order by, the first difference deciding. */
export type SortKey = readonly (number | string)[];

interface Entry<Item> {
  readonly item: Item;
  readonly key: SortKey;
}

/**
 * Items in the order of their keys. An item is found by the key it was put in with, so a key may change as
 * long as the item is put in again afterwards. Putting in and taking out are O(log n) and one move of memory.
 */
export class SortedList<Item> {
  readonly #keyOf: (item: Item) => SortKey;
  readonly #entries: Entry<Item>[] = [];
  readonly #byItem = new Map<Item, Entry<Item>>();

  /** No two items may have the same key. */
  constructor(keyOf: (item: Item) => SortKey) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#entries.length;
  }

  at(index: number): Item | undefined {
    return this.#entries[index]?.item;
  }

  has(item: Item): boolean {
    return this.#byItem.has(item);
  }

  /** Puts the item where its key says now. */
  put(item: Item): void {
    const key = this.#keyOf(item);
    const known = this.#byItem.get(item);
    if (known && compareKeys(known.key, key) === 0) return;
    if (known) this.delete(item);
    const entry = { item, key };
    this.#entries.splice(this.#find(key), 0, entry);
    this.#byItem.set(item, entry);
  }

  delete(item: Item): boolean {
    const entry = this.#byItem.get(item);
    if (!entry) return false;
    this.#byItem.delete(item);
    this.#entries.splice(this.#find(entry.key), 1);
    return true;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const entry of this.#entries) yield entry.item;
  }

  /** Where the first key is that does not come before this one. */
  #find(key: SortKey): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#entries[middle]?.key ?? [], key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function compareKeys(a: SortKey, b: SortKey): number {
  for (let at = 0; at < b.length; at += 1) {
    const [left, right] = [a[at] ?? 0, b[at] ?? 0];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

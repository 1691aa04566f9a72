/**
 * `read` of each item, in order, with up to `ahead` more being read meanwhile. The first failure ends it, in
 * the order of the items.
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Result>,
  ahead: number,
): AsyncGenerator<Result> {
  const reading: Promise<Result>[] = [];
  for (const item of items) {
    const result = read(item);
    // Its failure is met when its turn comes; until then it is no unhandled one.
    result.catch(() => undefined);
    reading.push(result);
    if (reading.length > ahead) yield await (reading.shift() as Promise<Result>);
  }
  for (const result of reading) yield await result;
}

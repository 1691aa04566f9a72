/** Does `work` for each of `items`, at most `lanes` at once, in their order. The first failure ends it. */
export async function eachOf<Item>(
  items: Iterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let hasFailed = false;
  const lane = async () => {
    try {
      for (let next = queue.next(); !next.done && !hasFailed; next = queue.next()) await work(next.value);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  // All lanes have ended when this returns: nothing goes on behind a caller that was told of a failure.
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

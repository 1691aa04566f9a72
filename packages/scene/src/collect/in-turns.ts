/** Runs `work` for each, at most so many at a time; the answers come in the order of `all`. */
export async function inTurns<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const answers = new Array<R>(all.length);
  let next = 0;
  const lane = async () => {
    while (next < all.length) {
      const index = next++;
      const one = all[index];
      if (one !== undefined) answers[index] = await work(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, lane));
  return answers;
}

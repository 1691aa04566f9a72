/** The log comes on other pipes than the answer: what Blender said before that is there to be read, but not read yet. */
export async function lastWords(): Promise<void> {
  for (let round = 0; round < 2; round += 1) await new Promise((next) => setImmediate(next));
}

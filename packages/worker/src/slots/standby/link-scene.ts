import { chmod, link, mkdir, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a scene that are linked one by one; where there are more, a Blender that is started anew is there sooner. */
const MOST = 2000;

/** Links every file of a scene's folder into another, which exists, is empty, and lies on the same disk. */
export async function linkScene(from: string, to: string): Promise<void> {
  let count = 0;
  const waiting: [string, string][] = [[from, to]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [source, place] = next;
    for await (const entry of await opendir(source)) {
      count += 1;
      if (count > MOST) throw new Error(`The scene has more than ${MOST} files.`);
      const [there, here] = [join(source, entry.name), join(place, entry.name)];
      if (!entry.isDirectory()) {
        await link(there, here);
        continue;
      }
      await mkdir(here);
      await chmod(here, 0o755);
      waiting.push([there, here]);
    }
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 5000;

/**
 * Ends processes of rooms whose worker was killed before the kernel was told to end them with it: a moment of a
 * millisecond at their start. They are known by Blender's arguments, one of which is a path below `folder`, which this
 * worker has alone.
 */
export async function endLeftovers(folder: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const left = await processesNaming(`${folder}/`);
    if (left.length === 0 || Date.now() > deadline) return;
    for (const pid of left) kill(pid);
    await sleep(20);
  }
}

async function processesNaming(prefix: string): Promise<number[]> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const said = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
      const words = said.split('\0');
      const isBlender = words.includes('--factory-startup') && words.some((word) => word.startsWith(prefix));
      return isBlender ? [Number(name)] : [];
    }),
  );
  return found.flat().filter((pid) => pid !== process.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile, or is not ours.
  }
}

import { execFile } from 'node:child_process';
import { chmod, mkdir, readlink, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { enclose, type Surroundings } from './enclosure.ts';
import type { Kind } from './kinds.ts';

/** Arguments: what must be readable, a folder to write to, what must not be there, the network outside, the driver. */
const trial = `
for file in "$1" "$5"; do
  cat "$file" > /dev/null 2>&1 || { echo "Blender's user cannot read $file"; exit 1; }
done
: > "$2/trial" || { echo "its own folder cannot be written"; exit 1; }
[ "$3" = "" ] || [ ! -e "$3" ] || { echo "files of others are seen"; exit 1; }
[ "$4" = "" ] || [ "$(readlink /proc/self/ns/net)" != "$4" ] || { echo "the network is reached"; exit 1; }
`;

/**
 * Null if this kind does here what it promises, else why not, in a few words. Takes about 20 ms. `driver`: what Blender is
 * to run of ours, which another user may not reach where it is, as in a checkout in root's home.
 */
export async function tryOut(
  kind: Kind,
  around: Surroundings,
  folder: string,
  driver: string,
): Promise<string | null> {
  const own = join(folder, 'slots', 'trial');
  const secret = join(folder, 'trial-secret');
  const shown = join(folder, 'trial-shown');
  const seen = join(shown, 'readable');
  await mkdir(shown, { recursive: true });
  await writeFile(seen, '');
  await chmod(seen, 0o444);
  await writeFile(secret, '');
  const enclosure = await enclose(
    { ...around, room: kind.room, rights: kind.rights },
    { slot: 0, name: 'trial', folders: [own], read: [shown, dirname(driver)], blender: '/bin/sh' },
  );
  try {
    const network = kind.closed ? await readlink('/proc/self/ns/net').catch(() => '') : '';
    const args = ['-c', trial, 'trial', seen, own, kind.closed ? secret : '', network, driver];
    return await run(enclosure.wrap({ file: '/bin/sh', args, environment: {}, folder: own }));
  } finally {
    await enclosure.close();
    for (const path of [own, secret, shown]) await rm(path, { recursive: true, force: true });
  }
}

function run({
  file,
  args,
  environment,
  folder,
}: {
  file: string;
  args: string[];
  environment: Record<string, string>;
  folder: string;
}): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: environment, cwd: folder, timeout: 10_000, killSignal: 'SIGKILL' as const };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(null);
      const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
      resolve(said.slice(0, 200) || error.message.slice(0, 200));
    });
  });
}

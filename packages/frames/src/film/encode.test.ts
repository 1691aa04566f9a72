import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encode, type Taker } from './encode.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akashganga-encode-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program in the place of ffmpeg. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Reads all that comes, and cannot play it. */
const playsNothing: Taker = async (stdout) => {
  for await (const _ of stdout);
  throw new FarmError('film.failed', { why: 'it cannot be played' });
};

async function* frames(count: number) {
  for (let frame = 0; frame < count; frame += 1) yield { data: Buffer.alloc(1000) };
}

const never = new AbortController().signal;

test('an encoder that is killed is what went wrong, however soon its unfinished film is found to be one', async () => {
  const killed = await program('killed', 'echo half; exec 1>&-; sleep 0.3; kill -9 $$');
  const encoding = encode(killed, [], frames(10_000), never, {}, playsNothing);
  await expect(encoding).rejects.toMatchObject({ code: 'machine.ffmpeg-killed' });
});

test('what an encoder finished and nobody can play is the film’s fault', async () => {
  const done = await program('done', 'cat > /dev/null; echo whole');
  const encoding = encode(done, [], frames(10), never, {}, playsNothing);
  await expect(encoding).rejects.toMatchObject({ code: 'film.failed' });
});

test('an encoder whose film is found wrong is stopped at once', async () => {
  const endless = await program('endless', 'while echo more; do sleep 0.01; done');
  const encoding = encode(endless, [], frames(10_000), never, {}, async (stdout) => {
    for await (const _ of stdout) throw new FarmError('film.wrong', { why: 'picture 1 is another one' });
  });
  await expect(encoding).rejects.toMatchObject({ code: 'film.wrong' });
});

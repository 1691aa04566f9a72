import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { apiPath, type FarmClient } from '@akashganga/client';
import { FarmError } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { sizeWords } from '../output/words.ts';
import { checkOutput } from './check-output.ts';

/** `backup FILE`: the farm's memory, whole or not at all. */
export async function backup(client: FarmClient, file: string, talk: Talk): Promise<void> {
  const path = await checkOutput(file);
  const reply = await client.send({ method: 'GET', path: apiPath('/backup'), timeoutSeconds: 300 });
  const partial = `${path}.part`;
  try {
    await pipeline(reply.body, createWriteStream(partial));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new FarmError('farm.unreachable', { url: client.url, why: 'the backup broke off' }, { cause });
  }
  const { size } = await stat(path);
  talk.fact({ event: 'backed-up', file: path, bytes: size });
  talk.answer(`Backup: ${path} (${sizeWords(size)})`);
}

/** `restore FILE`: into an empty farm. */
export async function restore(client: FarmClient, file: string, talk: Talk): Promise<void> {
  if (!(await stat(file).catch(() => null))?.isFile())
    throw new FarmError('farm.bad-backup', { why: `there is no file ${file}` });
  const reply = await client.send({
    method: 'POST',
    path: apiPath('/restore'),
    headers: { 'content-type': 'application/gzip' },
    body: createReadStream(file),
    timeoutSeconds: 300,
  });
  await reply.body.dump();
  talk.fact({ event: 'restored', file });
  talk.answer('Restored: the farm remembers the jobs of the backup.');
}

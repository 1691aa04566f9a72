import type { FarmClient } from '@akashganga/client';
import { FarmError, type FrameServer, farmRoutes, frameServerRoutes } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { countWords, sizeWords, spanWords, tableText } from '../output/words.ts';

/** `frame-servers`, and `frame-servers ID remove`. `id` may be its name when no other has it. */
export async function frameServers(
  client: FarmClient,
  id: string | undefined,
  action: string | undefined,
  talk: Talk,
): Promise<void> {
  const { frameServers: all } = await client.call(farmRoutes.summary, {});
  if (id === undefined) return list(all, talk);
  const found = find(all, id);
  if (action === undefined) return list([found], talk);
  if (action !== 'remove')
    throw new FarmError('usage.bad-flag', { flag: 'frame-servers', value: action, why: 'it is remove' });
  const { moved } = await client.call(frameServerRoutes.remove, { params: { frameServer: found.id } });
  talk.fact({ event: 'removed', frameServer: found.id, moved });
  const jobs =
    moved.length === 0 ? 'No unfinished job was there' : `${countWords(moved.length, 'job')} moved`;
  talk.answer(`Frame server ${found.name} is given up. ${jobs}. It comes back when it is started again.`);
}

function find(all: readonly FrameServer[], id: string): FrameServer {
  const named = all.filter((one) => one.name === id);
  const found = all.find((one) => one.id === id) ?? (named.length === 1 ? named[0] : undefined);
  if (!found) throw new FarmError('frame-server.unknown', { frameServer: id });
  return found;
}

function list(all: readonly FrameServer[], talk: Talk): void {
  for (const one of all) talk.fact(one);
  if (all.length === 0) return talk.answer('No frame server has joined the farm yet.');
  const rows = all.map((one) => [
    one.id,
    one.name,
    one.reachable ? 'answers' : `silent for ${spanWords((Date.now() - one.seenAt) / 1000)}`,
    one.url ?? `${one.host}:${one.port}`,
    one.freeBytes === null ? '' : sizeWords(one.freeBytes),
    one.containers.join(' '),
  ]);
  talk.answer(tableText([['FRAME SERVER', 'NAME', 'STATE', 'ADDRESS', 'FREE', 'FILMS'], ...rows]));
}

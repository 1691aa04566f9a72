import type { FarmClient } from '@akashganga/client';
import {
  type Change,
  FarmError,
  farmRoutes,
  jobRoutes,
  ResourceName,
  type Statistic,
} from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { plain, sizeWords, tableText } from '../output/words.ts';

/** Who did what to the farm and from where, or to one job, the newest last. */
export async function showHistory(client: FarmClient, job: string | undefined, talk: Talk): Promise<void> {
  const { changes } = await client.call(farmRoutes.history, { query: job === undefined ? {} : { job } });
  for (const change of [...changes].reverse()) talk.fact(change);
  if (changes.length === 0) return talk.answer('Nobody has changed anything yet.');
  const rows = [...changes]
    .reverse()
    .map((change) => [
      new Date(change.at).toISOString().slice(0, 19).replace('T', ' '),
      plain(change.by),
      change.from ?? '',
      change.what,
      change.job ?? change.worker ?? '',
      detailWords(change),
    ]);
  talk.answer(tableText([['WHEN (UTC)', 'WHO', 'FROM', 'WHAT', 'OF', 'HOW'], ...rows]));
}

function detailWords({ detail }: Change): string {
  const given = Object.entries(detail).filter(
    ([, value]) => value !== null && value !== false && value !== undefined,
  );
  return plain(given.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')).slice(0, 120);
}

/** What each worker did for a job. */
export async function showStatistics(client: FarmClient, job: string, talk: Talk): Promise<void> {
  const { workers } = await client.call(jobRoutes.statistics, { params: { job } });
  for (const row of workers) talk.fact(row);
  talk.answer(statisticsTable(workers, 'worker'));
}

export function statisticsTable(rows: readonly Statistic[], of: 'job' | 'worker'): string {
  if (rows.length === 0) return 'Nothing was rendered yet.';
  const seconds = (value: number | null) => (value === null ? '' : `${value.toFixed(1)} s`);
  const lines = rows.map((row) => [
    row[of] ?? 'unknown',
    String(row.done),
    seconds(row.seconds),
    seconds(row.shortest),
    seconds(row.mean),
    seconds(row.longest),
    row.memory === null ? '' : sizeWords(row.memory),
    String(row.failedAttempts),
  ]);
  const heading = [of.toUpperCase(), 'FRAMES', 'TIME', 'SHORTEST', 'MEAN', 'LONGEST', 'MEMORY', 'FAILED'];
  return tableText([heading, ...lines]);
}

/** `limit`: shows the limits; `limit licence=3` and `limit licence=none` set one. */
export async function limits(client: FarmClient, spec: string | undefined, talk: Talk): Promise<void> {
  const reply =
    spec === undefined
      ? await client.call(farmRoutes.limits, {})
      : await client.call(farmRoutes.setLimit, { body: limitFrom(spec) });
  for (const limit of reply.limits) talk.fact(limit);
  if (reply.limits.length === 0) return talk.answer('The farm has no limits.');
  const rows = reply.limits.map((limit) => [limit.name, String(limit.inUse), String(limit.most)]);
  talk.answer(tableText([['RESOURCE', 'IN USE', 'OF'], ...rows]));
}

export function limitFrom(spec: string): { name: string; most: number | null } {
  const [name = '', value = ''] = spec.split('=');
  if (!ResourceName.safeParse(name).success || !/^(none|\d{1,6})$/.test(value))
    throw new FarmError('usage.bad-flag', {
      flag: 'limit',
      value: spec,
      why: 'it is like licence=3 or licence=none',
    });
  return { name, most: value === 'none' ? null : Number(value) };
}

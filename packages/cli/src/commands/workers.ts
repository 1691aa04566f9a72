import type { FarmClient } from '@akashganga/client';
import { FarmError, type Worker, type WorkerSettings, workerRoutes } from '@akashganga/protocol';
import type { Talk } from '../output/talk.ts';
import { tableText } from '../output/words.ts';
import { statisticsTable } from './history.ts';

/** `workers ID …`: shows one worker, or does something to it. `id` may be its name when no other has it. */
export async function onWorker(
  client: FarmClient,
  id: string,
  words: readonly string[],
  talk: Talk,
): Promise<void> {
  const found = await findWorker(client, id);
  const [action, ...values] = words;
  if (action === undefined) return showWorker(client, found, talk);
  const params = { worker: found.id };
  if (action === 'remove') {
    await client.call(workerRoutes.remove, { params });
    talk.fact({ event: 'removed', worker: found.id });
    return talk.answer(`Worker ${found.name} is forgotten; it comes back when it is started again.`);
  }
  const after =
    action === 'drain' || action === 'wake' || action === 'forgive'
      ? await client.call(workerRoutes[action], { params })
      : await client.call(workerRoutes.settings, { params, body: settingsFrom(action, values) });
  talk.fact(after);
  talk.answer(`Worker ${after.name} is ${after.state}${settingWords(after)}.`);
}

async function findWorker(client: FarmClient, id: string): Promise<Worker> {
  const { workers } = await client.call(workerRoutes.list, {});
  const named = workers.filter((worker) => worker.name === id);
  const found = workers.find((worker) => worker.id === id) ?? (named.length === 1 ? named[0] : undefined);
  if (!found) throw new FarmError('worker.unknown', { worker: id });
  return found;
}

/** What `sleep 22:00-6:00`, `tags gpu fast`, `only-when-idle yes`, `max-jobs 2` say. */
export function settingsFrom(action: string, values: readonly string[]): Partial<WorkerSettings> {
  const value = values.join(' ');
  switch (action) {
    case 'sleep':
      if (value !== '') return { sleep: value === 'never' ? null : value };
      throw wrong(action, value, 'it is hours like 22:00-6:00 or mon-fri 8:00-18:00, or never');
    case 'tags':
      return { tags: value === 'own' ? null : [...values] };
    case 'only-when-idle':
      if (value === 'yes' || value === 'no') return { onlyWhenIdle: value === 'yes' };
      throw wrong(action, value, 'it is yes or no');
    case 'max-jobs':
      if (value === 'any' || /^[1-9]\d{0,2}$/.test(value))
        return { maxJobs: value === 'any' ? null : Number(value) };
      throw wrong(action, value, 'it is a number from 1 to 999, or any');
    default:
      throw wrong(
        'workers',
        action,
        'it is drain, wake, forgive, remove, sleep, tags, only-when-idle or max-jobs',
      );
  }
}

function wrong(flag: string, value: string, why: string): FarmError {
  return new FarmError('usage.bad-flag', { flag, value, why });
}

function settingWords({ settings }: Worker): string {
  const words = [
    settings.sleep === null ? '' : `sleeps ${settings.sleep}`,
    settings.onlyWhenIdle ? 'works only while nobody uses the computer' : '',
    settings.maxJobs === null ? '' : `has at most ${settings.maxJobs} jobs at once`,
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : `; it ${words.join(' and ')}`;
}

function cardRows({ cards = [] }: Worker): string[][] {
  return cards.map(({ name, kind, problem }) => [
    'Card',
    problem ? `${name} (${kind}) is not used: ${problem.says}` : `${name} (${kind})`,
  ]);
}

async function showWorker(client: FarmClient, worker: Worker, talk: Talk): Promise<void> {
  const { jobs } = await client.call(workerRoutes.statistics, { params: { worker: worker.id } });
  talk.fact({ ...worker, statistics: jobs });
  const rows = [
    ['Worker', `${worker.name} (${worker.id})`],
    ['State', `${worker.state}${settingWords(worker)}`],
    ['Tags', worker.tags.join(', ')],
    ['Speed', `${(1 / worker.pace).toFixed(2)} of an ordinary worker`],
    ['Sandbox', worker.sandbox?.says ?? 'not told'],
    ...cardRows(worker),
    ...(worker.problem ? [['Problem', worker.problem.says]] : []),
  ];
  talk.answer(`${tableText(rows)}\n\n${statisticsTable(jobs, 'job')}`);
}

import type { Job, Worker } from '@akashganga/protocol';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { gather, noChanges } from '../live/changes.ts';
import { sampleJob, sampleWorker } from '../live/sample.ts';
import { jobQuery, jobsQuery, known, loadOlderJobs, putChanges, readAgain, workersQuery } from './queries.ts';

/** A farm that answers when it is told to. Questions are told of in the order in which they were asked. */
function slowFarm() {
  const asked: ((answer: Response) => void)[] = [];
  const waiting: (() => void)[] = [];
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => {
    const answered = new Promise<Response>((answer, refuse) => {
      asked.push(answer);
      signal?.addEventListener('abort', () => refuse(signal.reason));
    });
    waiting.shift()?.();
    return answered;
  });
  const client = new QueryClient();
  return {
    client,
    /** The next question, once it is there. */
    question: async (): Promise<(content: unknown) => void> => {
      if (asked.length === 0) await new Promise<void>((next) => waiting.push(next));
      const answer = asked.shift();
      return (content) => answer?.(Response.json(content));
    },
    [Symbol.dispose]: () => {
      client.clear();
      vi.unstubAllGlobals();
    },
  };
}

const paused = sampleJob({ state: 'paused' });

function news(job: Job) {
  const changes = noChanges();
  gather(changes, { topic: 'job', at: 1, job });
  return changes;
}

test('an answer that was asked for before the events began is not taken', async () => {
  using farm = slowFarm();
  const { client } = farm;
  const list = new QueryObserver(client, jobsQuery(client));
  const stop = list.subscribe(() => undefined);
  const before = await farm.question();
  const read = readAgain(client);
  const after = await farm.question();
  after({ jobs: [paused], more: false });
  before({ jobs: [sampleJob({ state: 'active' })], more: false });
  await read;
  expect(list.getCurrentResult().data?.jobs).toEqual([paused]);
  stop();
});

test('an event that overtakes an answer is not lost', async () => {
  using farm = slowFarm();
  const { client } = farm;
  const list = client.fetchQuery(jobsQuery(client));
  const one = client.fetchQuery(jobQuery(paused.id));
  const [first, second] = [await farm.question(), await farm.question()];
  putChanges(client, news(sampleJob({ state: 'active', name: 'before' })));
  putChanges(client, news(paused));
  for (const answer of [first, second])
    answer({ ...sampleJob({ state: 'queued' }), jobs: [sampleJob({ state: 'queued' })], more: false });
  expect((await list).jobs).toEqual([paused]);
  expect(await one).toEqual(paused);
  expect(client.getQueryData(known.job(paused.id))).toEqual(paused);
});

test('a worker that is removed while the workers are read does not come back', async () => {
  using farm = slowFarm();
  const { client } = farm;
  const read: Promise<Worker[]> = client.fetchQuery(workersQuery);
  const answer = await farm.question();
  const changes = noChanges();
  gather(changes, { topic: 'worker-removed', at: 1, worker: 'worker-a' });
  putChanges(client, changes);
  answer({ workers: [sampleWorker(), sampleWorker({ id: 'worker-b' })] });
  expect((await read).map(({ id }) => id)).toEqual(['worker-b']);
});

test('older jobs are added as the events told them meanwhile', async () => {
  using farm = slowFarm();
  const { client } = farm;
  client.setQueryData(known.jobs, { jobs: [sampleJob({ id: 'job-new', createdAt: 9 })], more: true });
  const loaded = loadOlderJobs(client);
  const answer = await farm.question();
  putChanges(client, news({ ...paused, createdAt: 1 }));
  answer({ jobs: [sampleJob({ createdAt: 1 })], more: false });
  await loaded;
  const { jobs } = client.getQueryData<{ jobs: Job[] }>(known.jobs) ?? { jobs: [] };
  expect(jobs.map(({ id, state }) => [id, state])).toEqual([
    ['job-new', 'active'],
    [paused.id, 'paused'],
  ]);
});

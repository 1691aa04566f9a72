import { readFile } from 'node:fs/promises';
import {
  API_PREFIX,
  accessRoutes,
  blobRoutes,
  buildRoutes,
  deliveryRoutes,
  farmRoutes,
  frameServerRoutes,
  jobRoutes,
  workerRoutes,
} from '@akashganga/protocol';
import fc from 'fast-check';
import type { z } from 'zod';
import type { TestFarm } from '../../farm/processes/test-farm.ts';
import type { Callers, Place } from './callers.ts';
import { checkAnswer, parseJson } from './check-answer.ts';
import type { KnownValues } from './known-values.ts';
import type { FuzzRequest } from './requests.ts';

export interface Asked {
  readonly place: Place;
  readonly request: FuzzRequest;
}

const AT_ONCE = 16;
const BATCH = 250;
/** More of them say nothing new. */
const MOST_FAULTS = 12;

const allRoutes = [
  accessRoutes,
  blobRoutes,
  buildRoutes,
  farmRoutes,
  frameServerRoutes,
  jobRoutes,
  workerRoutes,
];
const replies = new Map<string, z.ZodType>();
for (const { route, ...rest } of [...allRoutes, deliveryRoutes].flatMap((routes) => Object.values(routes)))
  if ('reply' in rest)
    replies.set(`${route.method.toUpperCase()} ${route.path.slice(API_PREFIX.length)}`, rest.reply);

/** Asks a farm, many at once, and collects what was not answered as it should be. */
export class FuzzRun {
  /** The first of each kind: what is wrong, and the request. */
  readonly faults = new Map<string, string>();
  /** Answers by status; 0: kept open. */
  readonly counts = new Map<number, number>();
  /** Megabytes of manager and frame server, at the beginning and after each tenth. */
  readonly memory: string[] = [];
  readonly #farm: TestFarm;
  readonly #callers: Callers;
  readonly #known: KnownValues;

  constructor(farm: TestFarm, callers: Callers, known: KnownValues) {
    this.#farm = farm;
    this.#callers = callers;
    this.#known = known;
  }

  async ask(all: fc.Arbitrary<Asked>, most: number, seed: number): Promise<void> {
    const tenth = Math.max(1, Math.floor(most / BATCH / 10));
    for (let round = 0; round * BATCH < most && this.faults.size < MOST_FAULTS; round++) {
      if (round % tenth === 0) this.memory.push(await megabytes(this.#farm));
      const numRuns = Math.min(BATCH, most - round * BATCH);
      const left = fc.sample(all, { numRuns, seed: seed + round });
      const inTurn = async () => {
        for (let one = left.pop(); one !== undefined; one = left.pop()) await this.#askOne(one);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
    }
    this.memory.push(await megabytes(this.#farm));
  }

  async #askOne({ place, request }: Asked): Promise<void> {
    const { method, path } = request.operation;
    const fault = await this.#faultOf(place, request).catch(
      (error: Error & { code?: string }) => `no answer: ${error.message} ${error.code ?? ''}`,
    );
    if (fault) this.faults.set(`${method} ${path} ${fault.slice(0, 60)}`, `${fault}\n  ${shown(request)}`);
  }

  async #faultOf(place: Place, request: FuzzRequest): Promise<string | null> {
    const { method, path } = request.operation;
    const answer = await this.#callers.ask(place, request);
    const status = answer?.status ?? 0;
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
    if (!answer) return null;
    if (status === 200 && answer.type.startsWith('application/json')) {
      this.#known.learn(path.split('/')[1] ?? '', parseJson(answer.text));
      if (typeof request.body === 'string') this.#known.add(`${method} ${path}`, parseJson(request.body));
    }
    // With a strange value in its path it may be the answer of another route.
    return checkAnswer(answer, path.includes('{') ? undefined : replies.get(`${method} ${path}`));
  }
}

function shown({ operation, role, path, headers, body }: FuzzRequest): string {
  const sent = Buffer.isBuffer(body) ? `base64 ${body.toString('base64')}` : (body ?? '');
  const all = [`${role}:`, operation.method, path, JSON.stringify(headers), sent];
  return all.map((part) => part.slice(0, 1500)).join(' ');
}

async function megabytes(farm: TestFarm): Promise<string> {
  const each = ['manager', 'frames'].map(async (role) => {
    const status = await readFile(`/proc/${farm.role(role).pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  });
  return (await Promise.all(each)).join('+');
}

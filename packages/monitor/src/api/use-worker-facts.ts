import type { Worker } from '@akashganga/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { workersQuery } from './queries.ts';

/** What of a worker hardly ever changes. */
export interface WorkerFacts {
  readonly name: string;
  readonly slots: number;
}

/** Of each worker by its id, what hardly ever changes: who asks for it is drawn again only when it does. */
export function useWorkerFacts(): ReadonlyMap<string, WorkerFacts> {
  const [select] = useState(keepFacts);
  return useQuery({ ...workersQuery, select }).data ?? NONE;
}

const NONE: ReadonlyMap<string, WorkerFacts> = new Map();

/** Gives the facts of workers, the same map as long as they are the same. */
export function keepFacts(): (workers: readonly Worker[]) => ReadonlyMap<string, WorkerFacts> {
  let kept = NONE;
  return (workers) => {
    const isSame =
      kept.size === workers.length &&
      workers.every(({ id, name, slots }) => {
        const fact = kept.get(id);
        return fact?.name === name && fact.slots === slots;
      });
    if (!isSame) kept = new Map(workers.map(({ id, name, slots }) => [id, { name, slots }]));
    return kept;
  };
}

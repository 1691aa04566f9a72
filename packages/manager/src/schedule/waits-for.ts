import type { FarmState, JobEntry, WorkerEntry } from './farm-state.ts';
import { AVOID_AFTER, allLacks, hasTags, isAlive, lacks, tagsOf, takesWork } from './match.ts';
import type { Kind } from './order/kinds.ts';
import { missingResource } from './resources.ts';
import { blenderFor } from './which-blender.ts';

/** Why nothing of a job renders at the moment, in words that end the sentence "It waits for …"; null when it does. */
export function waitsFor(state: FarmState, job: JobEntry): string | null {
  if (job.state !== 'queued' && job.state !== 'active') return null;
  const start = startOf(state, job);
  if (start) return start;
  const server = state.frameServers.get(job.frameServer ?? '');
  if (server && !server.reachable)
    return `its frame server ${server.hello.name}, which does not answer and has its frames; after ${Math.round(state.patienceMs / 60_000)} min another one takes over, if there is one (\`frame-servers ${server.hello.id} remove\`: at once)`;
  if (job.soughtUntil !== null) return 'workers to say which of its frames they have kept';
  if (server?.full) return `room on the disk of its frame server ${server.hello.name}, which is full`;
  if (job.film.state === 'waiting') return 'the frame server to make the film';
  if (job.leases.size > 0 || job.film.state === 'encoding') return null;
  if (job.frameServer === null) return 'a frame server to join the farm';
  return missingWorker(state, job) ?? 'a free slot';
}

function startOf(state: FarmState, job: JobEntry): string | null {
  if (job.afterJob !== null) {
    const other = state.jobs.get(job.afterJob);
    const ended = other && (other.state === 'failed' || other.state === 'canceled');
    return ended
      ? `job ${job.afterJob}, which ${other.state === 'failed' ? 'failed' : 'was canceled'}`
      : `job ${job.afterJob}`;
  }
  return job.afterTime === null ? null : 'its time to start';
}

// Of each kind of worker one is looked at, so that this costs little on a farm of thousands.
function missingWorker(state: FarmState, job: JobEntry): string | null {
  const kinds = [...state.index.workers.all.values()].filter((kind) => kind.alive > 0);
  if (kinds.length === 0) return 'a worker to join the farm';
  const tagged = kinds.filter((kind) => hasTags(kind.sample, job));
  if (tagged.length === 0) return `a worker with the tags ${job.tags.join(', ')}${nearestByTags(kinds, job)}`;
  const able = tagged.filter((kind) => lacks(kind.sample, job) === null);
  if (able.length === 0)
    return `a worker with ${[...new Set(tagged.map((kind) => lacks(kind.sample, job)))].slice(0, 3).join(' and ')}${nearestByNeeds(tagged, job)}`;
  const fitting = able.filter((kind) => blenderFor(state, kind.sample, job) !== null);
  if (fitting.length === 0)
    return blenderNeeded(
      job,
      able.map((kind) => kind.sample),
    );
  if (fitting.every((kind) => kind.slots === 0))
    return 'a worker that takes work: those that suit it are asleep, draining or sick';
  const left = leftOut(state, job);
  if (left) return left;
  const resource = missingResource(state, job);
  return resource === null ? null : `a free ${resource}: all ${state.limits.get(resource)} are in use`;
}

// One of each kind is named: who looks for a worker to change wants to know which one lacks least.
function nearestByTags(kinds: readonly Kind[], job: JobEntry): string {
  const lacking = kinds.map(({ sample }) => ({
    sample,
    lacks: job.tags.filter((tag) => !tagsOf(sample).includes(tag)),
  }));
  const [nearest] = lacking.sort((a, b) => a.lacks.length - b.lacks.length);
  if (!nearest || nearest.lacks.length === job.tags.length) return '';
  return `; ${nearest.sample.hello.name} lacks only ${nearest.lacks.join(', ')}`;
}

function nearestByNeeds(kinds: readonly Kind[], job: JobEntry): string {
  const lacking = kinds.map(({ sample }) => ({ sample, lacks: allLacks(sample, job) }));
  // Of those that lack as few things, the one with most memory and cores.
  const [nearest] = lacking.sort(
    (a, b) =>
      a.lacks.length - b.lacks.length ||
      b.sample.hello.memory - a.sample.hello.memory ||
      b.sample.hello.cores - a.sample.hello.cores,
  );
  // Of memory and cores one has more or less; a card one has or has not.
  if (!nearest?.lacks.some((lack) => /\d/.test(lack))) return '';
  const { name, memory, cores } = nearest.sample.hello;
  return `; nearest is ${name} (${(memory / 2 ** 30).toFixed(1)} GB, ${cores} cores), which lacks ${nearest.lacks.join(' and ')}`;
}

// Workers had problems of their own with this job, or too little memory, and no other takes work.
function leftOut(state: FarmState, job: JobEntry): string | null {
  if (job.machineProblems.size === 0 && job.tooSmall === 0) return null;
  const names: string[] = [];
  for (const kind of state.index.kindsFor(job)) if (kind.slots > 0) names.push(kind.key);
  const suited = [...state.workers.values()].filter(
    (worker) =>
      isAlive(worker) &&
      takesWork(worker) &&
      names.includes(state.index.workers.of(worker.hello.id)?.key ?? ''),
  );
  const isSmall = (worker: WorkerEntry) => job.tooSmall > 0 && worker.hello.memory <= job.tooSmall;
  const isBlamed = (worker: WorkerEntry) =>
    (job.machineProblems.get(worker.hello.id)?.count ?? 0) >= AVOID_AFTER;
  if (!suited.every((worker) => isSmall(worker) || isBlamed(worker))) return null;
  const blamed = suited.filter(isBlamed).map((worker) => worker.hello.name);
  if (blamed.length === 0)
    return `a worker with more than ${(job.tooSmall / 2 ** 30).toFixed(1)} GB of memory`;
  return `another worker: ${blamed.slice(0, 5).join(', ')} had problems with it and ${blamed.length === 1 ? 'is' : 'are'} left out for ten minutes`;
}

function blenderNeeded(job: JobEntry, workers: readonly WorkerEntry[]): string {
  const platforms = [...new Set(workers.map((worker) => worker.hello.platform))].slice(0, 5).join(', ');
  const version = job.scene.blender === '' ? '' : ` ${job.scene.blender}`;
  return `a Blender${version}: no worker has one that fits, and the farm hands out none for ${platforms}. \`akashganga blender add\` gives it one`;
}

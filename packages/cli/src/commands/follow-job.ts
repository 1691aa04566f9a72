import { type FarmClient, followEvents, retryLater } from '@akashganga/client';
import { finishedJobStates, type Job, jobRoutes } from '@akashganga/protocol';
import { progressFact, progressLine } from '../output/progress.ts';
import type { Talk } from '../output/talk.ts';

/** Plain lines where nothing can be drawn: one for each of these parts of the way. */
const PLAIN_STEPS = 10;

/** Follows a job until it has ended, showing its progress. Survives a manager that goes away and comes back. */
export async function followJob(
  client: FarmClient,
  id: string,
  talk: Talk,
  signal: AbortSignal,
): Promise<Job> {
  const done = new AbortController();
  const both = AbortSignal.any([signal, done.signal]);
  const show = new ProgressShow(talk);
  let job = await readJob(client, id, signal);
  show.update(job);
  const poll = new Poll(async () => {
    job = await readJob(client, id, both);
    show.update(job);
    if (hasEnded(job)) done.abort();
  });
  try {
    if (hasEnded(job)) return job;
    for await (const event of followEvents(client, { signal: both, onOpen: () => poll.now() })) {
      if (event.topic === 'reset') poll.now();
      if (event.topic !== 'job' || event.job.id !== id) continue;
      job = event.job;
      show.update(job);
      if (hasEnded(job)) return job;
    }
    signal.throwIfAborted();
    return job;
  } finally {
    done.abort();
    show.end();
  }
}

function hasEnded(job: Job): boolean {
  return finishedJobStates.includes(job.state);
}

function readJob(client: FarmClient, id: string, signal: AbortSignal): Promise<Job> {
  return retryLater(() => client.call(jobRoutes.get, { params: { job: id }, signal }), { signal });
}

/** Reads the job again when events may have been missed: never twice at once. */
class Poll {
  readonly #read: () => Promise<void>;
  #running = false;

  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  now(): void {
    if (this.#running) return;
    this.#running = true;
    this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#running = false;
      });
  }
}

class ProgressShow {
  readonly #talk: Talk;
  #job: Job | null = null;
  #step = -1;
  #timer: NodeJS.Timeout | null = null;
  #heardAt = Date.now();

  constructor(talk: Talk) {
    this.#talk = talk;
    // The time left goes on falling between two frames.
    if (talk.draws) this.#timer = setInterval(() => this.#draw(), 1000);
  }

  update(job: Job): void {
    this.#job = job;
    this.#heardAt = Date.now();
    this.#talk.fact(progressFact(job));
    this.#draw();
    if (this.#talk.draws || job.frames.total === 0) return;
    const step = Math.floor((job.frames.done / job.frames.total) * PLAIN_STEPS);
    if (step > this.#step) this.#talk.say(progressLine(job, 120));
    this.#step = Math.max(step, this.#step);
  }

  #draw(): void {
    const job = this.#job;
    if (!job) return;
    const waited = (Date.now() - this.#heardAt) / 1000;
    const secondsLeft = job.secondsLeft === null ? null : Math.max(0, job.secondsLeft - waited);
    this.#talk.draw(progressLine({ ...job, secondsLeft }, this.#talk.width));
  }

  end(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#talk.draws && this.#job) this.#talk.say(progressLine(this.#job, this.#talk.width));
  }
}

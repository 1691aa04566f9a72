import type { JobChange, Lease } from '@akashganga/protocol';
import type { FarmCommand } from '../../packages/manager/src/farm/farm.ts';
import { type SomeSettings, step } from '../../packages/manager/src/schedule/index.ts';
import { drawJob, type JobShape, RESOURCE } from './actors/job-shape.ts';
import { SimFrameServer } from './actors/sim-frame-server.ts';
import { SimWorker, type WorkerTraits } from './actors/sim-worker.ts';
import { Checker } from './check/checker.ts';
import { Chance } from './world/chance.ts';
import { Clock } from './world/clock.ts';
import { calm, type Faults, rough } from './world/faults.ts';
import { Link } from './world/link.ts';
import { Managers } from './world/managers.ts';
import { SimRecord } from './world/record.ts';
import { Shelf } from './world/shelf.ts';
import { Broken, must, type World } from './world/world.ts';

export interface Wanted {
  readonly seed: number;
  /** Simulated hours with faults; afterwards everything calms down and every job must end. */
  readonly hours: number;
  readonly workers: number;
  readonly faults?: Faults;
  readonly step?: typeof step;
}

export interface Story {
  readonly steps: number;
  readonly jobs: number;
  readonly frames: number;
  /** Simulated hours, with those in which it calmed down. */
  readonly hours: number;
}

const HOUR_MS = 3_600_000;
/** Once nothing goes wrong any more, all work must be done within this. */
const CALM_HOURS = 12;

/** A farm lives for some hours. Throws `Broken` as soon as it does what it must never do. */
export async function simulate(wanted: Wanted): Promise<Story> {
  const life = new FarmLife(wanted);
  await life.live(wanted.hours * HOUR_MS);
  return life.calmDown();
}

class FarmLife {
  readonly #world: World;
  readonly #record: SimRecord;
  readonly #checker: Checker;
  readonly #managers: Managers;
  readonly #link: Link;
  readonly #frameServer: SimFrameServer;
  readonly #workers: SimWorker[] = [];
  readonly #shapes = new Map<string, JobShape>();
  readonly #tries = new Map<string, number>();
  readonly #people: Chance;
  readonly #capacity: number;

  constructor({ seed, workers, faults = rough, step: decide = step }: Wanted) {
    const chance = new Chance(seed);
    this.#world = { clock: new Clock(), chance, faults };
    const shelf = new Shelf();
    this.#record = new SimRecord(this.#world, shelf);
    this.#checker = new Checker(shelf);
    this.#managers = new Managers(this.#world, this.#record, { step: decide, watch: this.#checker });
    this.#link = new Link(this.#world, this.#managers);
    this.#frameServer = new SimFrameServer(this.#world, this.#link);
    this.#frameServer.onAcknowledged = (reports) => {
      for (const report of reports)
        if (report.kind === 'frame') this.#checker.acknowledged(report.job, report.frame);
    };
    this.#frameServer.start();
    this.#people = chance.split();
    for (let index = 0; index < workers; index += 1) this.#addWorker(index);
    this.#capacity = this.#workers.reduce((sum, one) => sum + one.traits.slots * one.traits.speed, 0);
  }

  #addWorker(index: number): void {
    const { chance } = this.#world;
    const traits: WorkerTraits = {
      id: `worker-${index}`,
      slots: chance.whole(1, 3),
      speed: chance.scaled(0.3, 3),
      tags: index === 0 || chance.happens(0.3) ? ['gpu'] : [],
      // Whatever a job needs, the first one has it.
      memory: index === 0 || chance.happens(0.5) ? 32 * 2 ** 30 : 8 * 2 ** 30,
      isUsed: chance.happens(0.3),
      faulty: chance.happens(0.1) && index > 0 ? 0.3 : 0,
    };
    const worker = new SimWorker(traits, {
      world: this.#world,
      link: this.#link,
      shapes: this.#shapes,
      tried: (job, frame) => {
        const key = `${job} ${frame}`;
        const tried = this.#tries.get(key) ?? 0;
        this.#tries.set(key, tried + 1);
        return tried;
      },
      deliver: (delivery) => this.#frameServer.take(delivery),
    });
    this.#workers.push(worker);
    this.#world.clock.after(chance.between(0, 5000), () => worker.start());
  }

  async live(ms: number): Promise<void> {
    const { faults } = this.#world;
    this.#submit();
    this.#sometimes(900, () => this.#submit());
    this.#sometimes(faults.meddling, () => this.#meddle());
    this.#sometimes(faults.workerDies, () => this.#workerDies());
    this.#sometimes(faults.frameServerDies, () => this.#frameServerDies());
    this.#sometimes(faults.managerDies, () => this.#managers.restart(this.#people.scaled(200, 60_000)));
    this.#sometimes(faults.takeOver, () => this.#managers.takeOver());
    this.#sometimes(faults.databaseAway, () => this.#record.goAway(this.#people.scaled(1000, 60_000)));
    this.#sometimes(faults.clockJumps, () =>
      this.#managers.jumpClock(this.#people.between(-120_000, 120_000)),
    );
    await this.#run(ms);
  }

  async #run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const until = this.#world.clock.now + ms;
    await this.#world.clock.run(until, () => this.#managers.broken !== null || isOver());
    if (this.#managers.broken) throw this.#managers.broken;
  }

  // Ends by itself when the faults have ended.
  #sometimes(meanSeconds: number, happen: () => void): void {
    if (!Number.isFinite(meanSeconds)) return;
    const { faults } = this.#world;
    this.#world.clock.after(this.#people.wait(meanSeconds) * 1000, () => {
      if (this.#world.faults !== faults) return;
      happen();
      this.#sometimes(meanSeconds, happen);
    });
  }

  /** No more faults, whoever is away comes back, and then everything must come to its end. */
  async calmDown(): Promise<Story> {
    this.#world.faults = calm;
    this.#frameServer.start();
    for (const worker of this.#workers) worker.start();
    await this.#run(30_000);
    for (let hour = 0; hour < CALM_HOURS && !this.#hasEnded; hour += 1) {
      this.#wakeAll();
      await this.#run(HOUR_MS, () => this.#hasEnded);
    }
    must(this.#hasEnded, () => `these never end: ${this.#unfinished.join('; ')}`);
    const { steps } = this.#checker;
    const frames = [...this.#frameServer.stored.values()].reduce((sum, ofJob) => sum + ofJob.size, 0);
    return { steps, jobs: this.#shapes.size, frames, hours: this.#world.clock.now / HOUR_MS };
  }

  #wakeAll(): void {
    const state = this.#managers.leader?.state;
    if (!state) return;
    const settings = { sleep: null, onlyWhenIdle: false, maxJobs: null };
    this.#say({ kind: 'set-limit', name: RESOURCE, most: null });
    for (const [id, worker] of state.workers) {
      this.#say({ kind: 'change-worker', worker: id, settings });
      if (worker.draining) this.#say({ kind: 'wake', worker: id });
    }
    for (const job of state.jobs.values()) {
      if (job.state === 'paused') this.#say({ kind: 'resume', job: job.id });
      if (job.afterJob !== null) this.#say({ kind: 'change-job', job: job.id, change: { afterJob: null } });
    }
  }

  get #unfinished(): string[] {
    const jobs = [...(this.#managers.leader?.state.jobs.values() ?? [])];
    return jobs
      .filter((job) => !['completed', 'failed', 'canceled'].includes(job.state))
      .map((job) => `${job.id} ${job.state}, film ${job.film.state}, ${JSON.stringify(job.board?.counts())}`);
  }

  get #hasEnded(): boolean {
    return this.#managers.leader !== null && this.#unfinished.length === 0;
  }

  // ── what happens ─────────────────────────────────────────────────────────────────────────────────

  #workerDies(): void {
    const worker = this.#people.oneOf(this.#workers);
    if (worker) this.#dies(worker);
  }

  #dies(worker: SimWorker): void {
    if (!worker.alive) return;
    worker.die();
    const isCrash = this.#people.happens(0.5);
    this.#world.clock.after(isCrash ? 1500 : this.#people.scaled(5000, 1_800_000), () => worker.start());
  }

  #frameServerDies(): void {
    this.#frameServer.die();
    const { clock } = this.#world;
    clock.after(this.#people.scaled(500, 600_000), () => {
      // With frames on their disk that could not be delivered.
      for (const worker of this.#workers)
        if (worker.holdsFrames && this.#people.happens(0.5)) this.#dies(worker);
      clock.after(this.#people.scaled(500, 10_000), () => this.#frameServer.start());
    });
  }

  #say(command: FarmCommand): void {
    // A person sees the refusal and goes on.
    this.#managers.open<Lease>(command).reply.catch(() => undefined);
  }

  /** A submitter sends until it is answered; the job's id is its own. */
  #submit(): void {
    const workSeconds = this.#people.scaled(60, 1500 * this.#capacity);
    const shape = drawJob(this.#people, this.#shapes.size + 1, workSeconds, this.#world.faults);
    this.#shapes.set(shape.id, shape);
    const send = () => {
      this.#link.send(
        { command: { kind: 'submit', id: shape.id, job: shape.input }, jobs: [shape.id], timeoutMs: 10_000 },
        {
          onReply: () => this.#checker.submitted(shape.id),
          // The job that it was to come after is not there any more: its submitter is told so, and gives up.
          onFailure: (error) => error?.code !== 'job.unknown' && this.#world.clock.after(1000, send),
        },
      );
    };
    send();
  }

  #meddle(): void {
    const state = this.#managers.leader?.state;
    if (!state) return;
    const job = this.#people.oneOf([...state.jobs.keys()]);
    const worker = this.#people.oneOf([...state.workers.keys()]);
    const ofJob = [
      'pause',
      'resume',
      'resume',
      'cancel',
      'retry',
      'retry',
      'set-priority',
      'delete',
      'change-job',
    ] as const;
    const ofWorker = ['drain', 'wake', 'wake', 'remove-worker', 'forgive', 'change-worker'] as const;
    if (this.#people.happens(0.15))
      return this.#say({
        kind: 'set-limit',
        name: RESOURCE,
        most: this.#people.oneOf([null, 0, 1, 2, 3]) ?? null,
      });
    if (worker !== undefined && this.#people.happens(0.35)) {
      const kind = this.#people.oneOf(ofWorker) ?? 'wake';
      if (kind === 'change-worker') return this.#say({ kind, worker, settings: this.#drawSettings() });
      return this.#say({ kind, worker });
    }
    if (job === undefined) return;
    const kind = this.#people.oneOf(ofJob) ?? 'resume';
    if (kind === 'retry') return this.#say({ kind, job, frames: this.#frameToRetry(job) });
    if (kind === 'set-priority') return this.#say({ kind, job, priority: this.#people.whole(0, 100) });
    if (kind === 'change-job') return this.#say({ kind, job, change: this.#drawChange() });
    if (kind === 'pause') return this.#say({ kind, job, isAtOnce: this.#people.happens(0.5) });
    this.#say({ kind, job });
  }

  #drawSettings(): SomeSettings {
    const people = this.#people;
    return (
      people.oneOf<SomeSettings>([
        { sleep: people.oneOf(['22:00-6:00', '8:00-18:00', 'mon-fri 0:00-12:00', null]) ?? null },
        { onlyWhenIdle: people.happens(0.5) },
        { maxJobs: people.oneOf([1, 2, null]) ?? null },
      ]) ?? {}
    );
  }

  #drawChange(): JobChange {
    const people = this.#people;
    return (
      people.oneOf<JobChange>([
        { maxSlots: people.oneOf([1, 2, null]) ?? null },
        { uses: people.happens(0.5) ? [RESOURCE] : [] },
        { tags: people.happens(0.3) ? ['gpu'] : [] },
        { needs: people.happens(0.3) ? { memory: 16 * 2 ** 30 } : {} },
        { priority: people.whole(0, 100) },
        { afterJob: null },
      ]) ?? {}
    );
  }

  #frameToRetry(job: string): string | null {
    const frames = this.#shapes.get(job)?.frames ?? 1;
    return this.#people.happens(0.5) ? null : String(this.#people.whole(1, frames));
  }
}

/** The command that plays a story again. */
export function replay({ seed, hours, workers }: Wanted): string {
  return `npm run simulate -- --seed ${seed} --hours ${hours} --workers ${workers}`;
}

export { Broken };

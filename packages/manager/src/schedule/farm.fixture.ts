// A farm to say commands to, with the words of a worker and of a frame server at hand. Time is told by the test.
import {
  type Build,
  FarmError,
  type GatherReply,
  type GatherReport,
  type HeartbeatReply,
  type Job,
  type Lease,
  NewJob,
  type NewJobInput,
  type ProbeReport,
  type Problem,
  parseFrames,
  type SlotReport,
  type WorkerHello,
  type WorkerUpdate,
  type WorkReply,
} from '@akashganga/protocol';
import type { Command } from './command.ts';
import type { FarmState, JobEntry } from './farm-state.ts';
import { emptyFarm } from './fresh.ts';
import type { Fact, Outcome } from './outcome.ts';
import { step } from './step.ts';

type WithoutRequest<T> = T extends { request: string } ? Omit<T, 'request'> : never;
type WithoutSeq<T> = T extends { seq: number } ? Omit<T, 'seq'> : never;
export type Said = WithoutRequest<Command>;
export type SaidUpdate = WithoutSeq<WorkerUpdate>;

const DIGEST = `sha256:${'0'.repeat(64)}`;

export function probeReport(changes: Partial<ProbeReport> = {}): ProbeReport {
  return {
    ...{ blender: '3.4.1', fileVersion: '3.4', scene: 'Scene', scenes: ['Scene'] },
    ...{ camera: 'Camera', cameras: ['Camera'], frameStart: 1, frameEnd: 10, frameStep: 1 },
    ...{ fps: 24, fpsBase: 1, width: 64, height: 48, engine: 'CYCLES', format: 'PNG', isMovie: false },
    ...{
      extension: '.png',
      colorMode: 'RGB',
      colorDepth: '8',
      transparent: false,
      sound: false,
      mix: null,
      missing: [],
      warnings: [],
    },
    ...{ order: 'any', orderReasons: [], outputs: [], movie: null, device: 'CPU' },
    ...changes,
  };
}

export function newJob(changes: Partial<NewJobInput> = {}): NewJob {
  return NewJob.parse({
    name: 'Comet',
    submitter: 'asha',
    scene: { manifest: DIGEST, entry: 'comet.blend', blender: '3.4' },
    frames: null,
    settings: {},
    ...changes,
  });
}

export function workerHello(id: string, changes: Partial<WorkerHello> = {}): WorkerHello {
  return {
    ...{ id, boot: `${id}-boot1`, name: id, platform: 'linux-x64', cores: 4, memory: 8e9, slots: 1 },
    ...{ gpus: [], timeZone: 'UTC' },
    ...{ blenders: [{ version: '3.4.1', path: '/usr/bin/blender' }], tags: [], version: '0.1.0' },
    ...changes,
  };
}

export function build(version: string, changes: Partial<Build> = {}): Build {
  return {
    ...{ version, platform: 'linux-x64', manifest: DIGEST, entry: 'blender', files: 3, size: 1000 },
    ...{ origin: 'archive' as const, addedAt: 1_790_000_000_000 },
    ...changes,
  };
}

export function problem(code: string): Problem {
  return { code, says: `It was ${code}.` };
}

/** A request that the scheduler may answer later. */
export interface Open<T> {
  readonly request: string;
  /** Undefined while it is open. */
  readonly reply: T | undefined;
}

export interface Asked {
  want?: number;
  idle?: number;
  /** Leases the worker has, with the frames it has not rendered yet. */
  holding?: Readonly<Record<string, number>>;
}

export class TestFarm {
  readonly state: FarmState = emptyFarm('lease');
  now = 1_790_000_000_000;
  /** Everything that was to be written, step by step. */
  readonly written: Fact[][] = [];
  #requests = 0;
  readonly #replies = new Map<string, unknown>();
  readonly #seq = new Map<string, number>();

  /** Says a command and gives the reply's value; undefined when it stays open. Throws the problem if refused. */
  say<T>(command: Said): T {
    const reply = this.open<T>(command).reply;
    if (reply instanceof FarmError) throw reply;
    return reply as T;
  }

  open<T>(command: Said): Open<T> {
    this.#requests += 1;
    const request = `r${this.#requests}`;
    this.#keep(step(this.state, { ...command, request } as Command, this.now));
    const replies = this.#replies;
    return {
      request,
      get reply() {
        return replies.get(request) as T | undefined;
      },
    };
  }

  #keep(outcome: Outcome): void {
    this.written.push(outcome.facts);
    for (const reply of outcome.replies)
      this.#replies.set(reply.request, 'error' in reply ? reply.error : reply.value);
  }

  get facts(): Fact[] {
    return this.written.flat();
  }

  later(ms: number): void {
    this.now += ms;
  }

  /** Time goes on second by second, as it does in a farm. */
  tickFor(seconds: number, eachSecond: () => void = () => undefined): void {
    for (let second = 0; second < seconds; second += 1) {
      this.later(1000);
      eachSecond();
      this.say({ kind: 'tick' });
    }
  }

  submit(changes: Partial<NewJobInput> = {}, id = 'job-1'): Job {
    this.later(1);
    return this.say<Job>({ kind: 'submit', id, job: newJob(changes) });
  }

  job(id = 'job-1'): JobEntry {
    const job = this.state.jobs.get(id);
    if (!job) throw new Error(`there is no job ${id}`);
    return job;
  }

  /** The states of the frames, as `done done waiting`. */
  frames(id = 'job-1'): string {
    const board = this.job(id).board;
    return board ? [...board.numbers].map((_, index) => board.state(index)).join(' ') : '';
  }

  hello(id: string, changes: Partial<WorkerHello> = {}): void {
    this.say({ kind: 'hello', hello: workerHello(id, changes) });
  }

  boot(worker: string): string {
    return this.state.workers.get(worker)?.hello.boot ?? '';
  }

  ask(worker: string, asked: Asked = {}): Open<WorkReply> {
    const { want = 1, idle = want, holding = {} } = asked;
    const list = Object.entries(holding).map(([lease, left]) => ({ lease, left }));
    return this.open({
      kind: 'ask',
      worker,
      ask: { boot: this.boot(worker), holding: list, want, idle },
    });
  }

  /** Asks, and gives the leases of the answer; none when the request stays open. */
  leases(worker: string, asked: Asked = {}): readonly Lease[] {
    return this.ask(worker, asked).reply?.leases ?? [];
  }

  /** Asks for one lease, which must be there. */
  lease(worker: string, holding: Readonly<Record<string, number>> = {}): Lease {
    const [lease] = this.leases(worker, { holding });
    if (!lease) throw new Error(`${worker} was given nothing`);
    return lease;
  }

  update(worker: string, ...updates: SaidUpdate[]): void {
    const numbered = updates.map((update) => ({ ...update, seq: this.#nextSeq(worker) }) as WorkerUpdate);
    this.say({ kind: 'updates', worker, batch: { boot: this.boot(worker), updates: numbered } });
  }

  #nextSeq(worker: string): number {
    const seq = (this.#seq.get(this.boot(worker)) ?? 0) + 1;
    this.#seq.set(this.boot(worker), seq);
    return seq;
  }

  fail(worker: string, lease: Lease, frame: number, code = 'render.crashed', log = ''): void {
    this.update(worker, {
      ...{ kind: 'frame-failed' as const, lease: lease.id, job: lease.job, frame },
      ...{ problem: problem(code), seconds: 1, log },
    });
  }

  beat(worker: string, lease?: Lease, frame?: number): HeartbeatReply {
    const slot: SlotReport = lease
      ? { slot: 0, state: 'rendering', job: lease.job, lease: lease.id, frame: frame ?? null, ...rest }
      : { slot: 0, state: 'idle', job: null, lease: null, frame: null, ...rest };
    const heartbeat = { boot: this.boot(worker), slots: [slot], delivering: [] };
    return this.say({ kind: 'heartbeat', worker, heartbeat });
  }

  frameServer(id = 'frames-1', boot = `${id}-boot1`): void {
    const hello = {
      ...{ id, boot, name: id, url: null, port: 8082, containers: [], freeBytes: null, version: '0.1.0' },
    };
    this.say({ kind: 'frame-server-hello', hello, host: '10.0.0.5' });
  }

  gather(encoding: readonly string[] = [], id = 'frames-1'): Open<GatherReply> {
    const boot = this.state.frameServers.get(id)?.hello.boot ?? '';
    return this.open({
      kind: 'gather',
      frameServer: id,
      gather: { boot, encoding: [...encoding], freeBytes: null },
    });
  }

  report(...reports: GatherReport[]): void {
    this.reportFrom('frames-1', ...reports);
  }

  reportFrom(frameServer: string, ...reports: GatherReport[]): void {
    this.say({ kind: 'reports', frameServer, reports });
  }

  /** The frame server has it: delivered for this lease, or for all frames of it. */
  done(lease: Pick<Lease, 'id' | 'job' | 'frames'>, frame?: number, seconds = 1): void {
    const frames = frame === undefined ? [...parseFrames(lease.frames ?? '')] : [frame];
    const worker = this.state.leases.get(lease.id)?.worker ?? null;
    this.report(...frames.map((one) => storedFrame(lease.job, one, { lease: lease.id, worker, seconds })));
  }

  film(job = 'job-1', frames = 10): void {
    this.report(filmReport(job, frames));
  }

  /** A farm with a frame server and workers, and a job of these frames that was probed. */
  static rendering(
    frames: string,
    workers: readonly string[] = ['wanda'],
    changes: Partial<NewJobInput> = {},
  ) {
    const farm = new TestFarm();
    farm.frameServer();
    for (const worker of workers) farm.hello(worker);
    farm.submit({ frames, ...changes });
    farm.probe(workers[0] ?? '');
    return farm;
  }

  probe(worker: string, report: ProbeReport = probeReport()): void {
    const lease = this.lease(worker);
    this.update(worker, { kind: 'probed', lease: lease.id, report });
  }

  /** Renders all there is with this worker, without failures. */
  renderAll(worker: string): void {
    for (;;) {
      const open = this.ask(worker);
      if (!open.reply) {
        this.say({ kind: 'ask-over', worker, ask: open.request });
        return;
      }
      for (const lease of open.reply.leases) this.done(lease);
    }
  }
}

const rest = { fraction: null, memory: null };

export function storedFrame(
  job: string,
  frame: number,
  changes: { lease?: string | null; worker?: string | null; seconds?: number; digest?: string } = {},
): GatherReport {
  const { lease = null, worker = null, seconds = 1, digest = DIGEST } = changes;
  return { kind: 'frame', job, frame, digest, size: 100, lease, worker, seconds, memory: 1000 };
}

export function filmReport(job: string, frames: number): GatherReport {
  return { kind: 'film', job, container: 'mp4', digest: DIGEST, size: 1000, frames };
}

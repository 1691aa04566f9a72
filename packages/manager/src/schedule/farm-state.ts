import type {
  Build,
  Film,
  FrameServerHello,
  GiveOrder,
  Job,
  JobNeeds,
  OddFrames,
  ProbeReport,
  Problem,
  RenderSettings,
  SceneRef,
  SlotReport,
  WorkerHello,
  WorkerSettings,
  WorkerState,
} from '@akashganga/protocol';
import type { FrameBoard } from './frame-board.ts';
import type { FarmIndex } from './order/farm-index.ts';
import type { FrameTimes } from './order/frame-times.ts';

/** All that the scheduler knows. It is owned by its caller and changed in place by `step` alone. */
export interface FarmState {
  readonly jobs: Map<string, JobEntry>;
  readonly leases: Map<string, LeaseEntry>;
  readonly workers: Map<string, WorkerEntry>;
  readonly frameServers: Map<string, FrameServerEntry>;
  /** The Blenders the farm hands out, by `buildKey`; a handful. */
  readonly builds: Map<string, Build>;
  /** How many of a resource there are, and how many leases take one now. */
  readonly limits: Map<string, number>;
  readonly inUse: Map<string, number>;
  /** Jobs that may have something to hand out: by priority, then age. */
  open: JobEntry[];
  /** Workers with an unanswered request for work, in the order in which they asked. */
  readonly asking: Map<string, OpenAsk>;
  /** Frame servers with an unanswered request. */
  readonly gathering: Map<string, OpenGather>;
  /** Leases that were asked for frames. */
  readonly recalls: Set<string>;
  /** Jobs whose workers are being asked for frames that they keep. */
  readonly seeking: Set<JobEntry>;
  /** A frame server that does not answer for so long is taken to be gone. */
  patienceMs: number;
  /** Who could be given what; follows from the rest. */
  readonly index: FarmIndex;
  /** Lease ids are this prefix (drawn at each start of the manager) and a counter, so none comes twice. */
  readonly leasePrefix: string;
  leaseCount: number;
  /** When time was last told; null before the first tick. */
  tickedAt: number | null;
}

export interface JobEntry {
  readonly id: string;
  readonly name: string;
  readonly submitter: string;
  readonly createdAt: number;
  readonly scene: SceneRef;
  readonly settings: RenderSettings;
  tags: readonly string[];
  needs: JobNeeds;
  maxSlots: number | null;
  /** Resources of which each slot that renders it takes one. */
  uses: readonly string[];
  readonly order: GiveOrder;
  /** What it waits for before it starts; null once that has come. */
  afterJob: string | null;
  afterTime: number | null;
  /** On workers with at most so many bytes it is rendered alone, and on ones with at most so many not at all. */
  aloneUpTo: number;
  tooSmall: number;
  /** Once its scene was read, it waits for `resume`. */
  readonly looksFirst: boolean;
  readonly chunk: number | null;
  readonly slowMotion: boolean;
  /** The frames asked for, or null for the scene's own range. */
  readonly askedFrames: string | null;
  readonly askedFps: number | null;
  priority: number;
  state: Job['state'];
  startedAt: number | null;
  endedAt: number | null;
  frameSpec: string | null;
  board: FrameBoard | null;
  film: Film;
  probe: ProbeReport | null;
  problem: Problem | null;
  frameServer: string | null;
  /** The frame server that it left last because that was gone. */
  moved: Job['moved'];
  /** All that it left since this manager leads: frames of it may still be delivered there. */
  readonly left: Set<string>;
  readonly leases: Set<string>;
  /** Frame index -> the lease that has it. */
  readonly holders: Map<number, string>;
  /** Frames a person asked for again: what comes takes the place of what is kept. */
  readonly replacing: Set<number>;
  /** Worker id -> machine problems it had with this job. */
  readonly machineProblems: Map<string, { count: number; at: number }>;
  /** How often its probe ended through nobody's fault. */
  probeFailures: number;
  /** Leases that may have frames no slot has begun; checked when it is looked at. */
  readonly unbegun: Set<string>;
  /** Leases that were asked for frames. */
  readonly recalls: Set<string>;
  /** Frame index -> when its holder began it, for frames under way. */
  readonly begun: Map<number, number>;
  /** Frame index -> the lease that renders it a second time. */
  readonly doubles: Map<number, string>;
  /** Frame index -> who rendered it far too soon, what came of it, and what an ordinary worker would need, until it is there a second time. */
  readonly hasty: Map<number, { readonly worker: string; readonly digest: string; readonly usual: number }>;
  /** Worker id -> how slow it is with this very job, and by how many frames that was learned. */
  readonly ownPaces: Map<string, { frames: number; pace: number }>;
  /** Frames of which there were several pictures: an older one may be kept somewhere. */
  readonly rerendered: Set<number>;
  /** Workers that were not heard on what they keep of it -> how often they were asked, and whether since the last round. */
  readonly seeks: Map<string, { asked: number; isSaid: boolean }>;
  /** Until then nothing is rendered again: workers may say that they have it. */
  soughtUntil: number | null;
  /** When frames of it were handed out last. */
  grantedAt: number;
  /** The first worker that finished a frame, and whether another one did too. */
  renderedBy: string | null;
  isShared: boolean;
  /** What its frames took, for what is expected of the others. */
  readonly times: FrameTimes;
  /** Mean seconds of a frame on a slot of an ordinary worker, recent frames weighing more. */
  frameSeconds: number | null;
  /** Done frames in which there is nothing to see; never changed in place. */
  oddFrames: readonly OddFrames[];
  /** Bytes the hungriest attempt at a frame held at most, done or failed; null while nobody has told. */
  peakMemory: number | null;
  /** Since when frames are counted for the rate: the first lease of this manager's life, then the frame before those in `doneTimes`. */
  rateSince: number | null;
  /** When the latest frames became done; as many as `RATE_WINDOW` says. */
  readonly doneTimes: number[];
  /** What these took, in seconds of an ordinary worker. */
  readonly doneSeconds: number[];
}

export interface LeaseEntry {
  readonly id: string;
  readonly job: string;
  readonly worker: string;
  readonly kind: 'probe' | 'render';
  readonly frames: readonly number[];
  /** Frames of it that are neither done nor failed nor given back. */
  readonly open: Set<number>;
  readonly grantedAt: number;
  /** Slot-seconds that were charged for each of its frames. */
  readonly cost: number;
  /** Its one frame is rendered elsewhere too; whichever is stored first wins. */
  isDouble: boolean;
  /** While it has this one, its worker takes no other. */
  readonly isAlone: boolean;
  /** Nothing of it is rendered: its worker delivers what it keeps of these frames. */
  readonly isKept: boolean;
  /** Slots of its worker that may render it at once; null: all. */
  readonly slots: number | null;
  /** Resources it takes one of each of. */
  uses: readonly string[];
  /** Frames that its holder was asked to give back, when, and whether the question has left. */
  readonly wanted: Set<number>;
  wantedAt: number;
  isWantedSaid: boolean;
}

export interface WorkerEntry {
  hello: WorkerHello;
  state: WorkerState;
  draining: boolean;
  /** Set by people. Another object after each change. */
  settings: WorkerSettings;
  /** Why it is given nothing, and until when. */
  sick: { readonly until: number; readonly problem: Problem } | null;
  /** Job -> when this worker last had a problem of its own with it. */
  readonly blames: Map<string, number>;
  /** Somebody sits at the computer. */
  inUse: boolean;
  /** Woken by hand although it is its time to sleep. */
  isWoken: boolean;
  slotReports: SlotReport[];
  since: number;
  seenAt: number;
  framesDone: number;
  /** Frames that went back to the queue when it fell silent. */
  lostFrames?: number;
  /** What it says keeps it from working. */
  problem?: Problem | null;
  readonly leases: Set<string>;
  /** Frames of each job that it had a lease of when it was lost or its process ended: of these it may have rendered some. */
  had: ReadonlyMap<string, ReadonlySet<number>>;
  /** The job it was given frames of last: its scene is likely to be open. */
  lastJob: string | null;
  /** How long its frames take, against an ordinary worker's: 2 is half as fast. */
  pace: number;
  /** By how many frames that was learned. */
  paceFrames: number;
  /** The last update applied, of this boot. */
  lastUpdate: number;
}

export interface FrameServerEntry {
  hello: FrameServerHello;
  /** The address it was reached from. */
  host: string;
  seenAt: number;
  reachable: boolean;
  /** Given up by a person, until it introduces itself again. */
  isGone: boolean;
  /** Something found no room on its disk lately. */
  full: boolean;
  readonly forget: Set<string>;
}

export interface OpenAsk {
  readonly request: string;
  readonly worker: string;
  /** How many more leases it can use, and how many of its slots are idle now. */
  readonly want: number;
  readonly idle: number;
  /** Leases it says it has, and those of them it still renders. */
  readonly holding: readonly string[];
  readonly busyWith: readonly string[];
  /** How slow its worker is, and the how manieth request this is: who is served first. */
  readonly pace: number;
  readonly number: number;
}

export interface OpenGather {
  readonly request: string;
  readonly frameServer: string;
  readonly encoding: ReadonlySet<string>;
}

/** Frames that the pace of a job is told by: so many at least, and those of the latest rounds of its slots. */
export const RATE_WINDOW = { least: 40, most: 400, rounds: 4 };

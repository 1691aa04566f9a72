import type { GpuCard, SandboxReport, SlotReport, Worker, WorkerState } from '@akashganga/protocol';
import type { StateLook } from '../jobs/job-words.ts';

const looks: Readonly<Record<WorkerState, StateLook>> = {
  idle: { says: 'Idle', icon: 'check', tone: 'calm' },
  preparing: { says: 'Preparing', icon: 'download', tone: 'busy' },
  rendering: { says: 'Rendering', icon: 'star', tone: 'busy' },
  delivering: { says: 'Delivering', icon: 'send', tone: 'busy' },
  asleep: { says: 'Asleep', icon: 'sleep', tone: 'off' },
  draining: { says: 'Draining', icon: 'hourglass', tone: 'off' },
  lost: { says: 'Lost', icon: 'unplugged', tone: 'bad' },
  sick: { says: 'Sick', icon: 'warning', tone: 'bad' },
};

export function workerLook(worker: Worker): StateLook {
  return looks[worker.state];
}

/** Graphics cards that are there and that no frames are rendered on. */
export function failedCards({ cards = [] }: Worker): GpuCard[] {
  return cards.filter((card) => card.problem !== null);
}

/** Whether the worker takes work now. */
export function isAtWork({ state }: Worker): boolean {
  return state === 'idle' || state === 'preparing' || state === 'rendering' || state === 'delivering';
}

export type WorkerAction = 'drain' | 'wake' | 'forgive' | 'remove';

export function workerActions(worker: Worker): WorkerAction[] {
  const canDrain = isAtWork(worker) || worker.state === 'asleep' || worker.state === 'sick';
  const canWake = !isAtWork(worker);
  return [
    ...(canDrain ? (['drain'] as const) : []),
    ...(canWake ? (['wake'] as const) : []),
    ...(worker.state === 'sick' || (worker.problem !== null && worker.state !== 'lost')
      ? (['forgive'] as const)
      : []),
    'remove',
  ];
}

/** One report for each slot the worker has, idle where it said nothing. */
export function slotsOf(worker: Worker): SlotReport[] {
  const told = new Map(worker.slotReports.map((report) => [report.slot, report]));
  return Array.from({ length: worker.slots }, (_, slot) => told.get(slot) ?? idleSlot(slot));
}

function idleSlot(slot: number): SlotReport {
  return { slot, state: 'idle', job: null, lease: null, frame: null, fraction: null, memory: null };
}

/** What a slot does, in words. */
export function slotWords({ state, frame }: SlotReport): string {
  if (state === 'idle') return 'idle';
  if (state === 'preparing') return 'getting ready';
  return frame === null ? 'reading the scene' : `frame ${frame}`;
}

/** The Blender versions a worker has, each once, the newest first. */
export function blenderVersions({ blenders }: Worker): string[] {
  const versions = [...new Set(blenders.map((build) => build.version))];
  return versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

const systems = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' } as const;

/** `linux-x64` as `Linux x64`; what is not known stays as it is. */
export function platformWords(platform: string): string {
  const [system = '', machine = ''] = platform.split('-');
  const known = systems[system as keyof typeof systems];
  return known ? `${known} ${machine}`.trim() : platform;
}

const withoutSandbox: Readonly<Record<SandboxReport['kind'], string>> = {
  bubblewrap: 'no sandbox',
  unshare: 'no sandbox',
  user: 'no sandbox: a user of its own and limits only',
  limits: 'no sandbox: limits only',
  none: 'no sandbox',
};

/** How the worker closes Blender in. Only what does is called a sandbox; the reason is in the report's sentence. */
export function sandboxWords({ sandbox }: Worker): string {
  if (!sandbox) return 'sandbox: not told';
  return sandbox.closed ? `sandbox: ${sandbox.kind}` : withoutSandbox[sandbox.kind];
}

import { randomBytes } from 'node:crypto';
import { arch, availableParallelism, hostname, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { lockFolder } from '@akashganga/storage';
import type { FoundBlender, WorkerOptions } from '@akashganga/worker';
import type { Settings } from '../config/settings.ts';
import { mustBeWelcome } from '../farm/must-be-welcome.ts';
import { type RoleFarm, renewal } from '../farm/role-farm.ts';
import type { OwnWorker } from './own-worker.ts';
import type { RunningRole } from './run-role.ts';
import { type SandboxFlags, workerSandbox } from './worker-sandbox.ts';
import { defaultSlots, measureMeanwhile, type Slots, type SlotsOptions, slotsHere } from './worker-slots.ts';

export interface WorkerRoleOptions {
  readonly settings: Settings;
  readonly data: string;
  /** Several workers may share a computer and a data folder; each has its number. */
  readonly number: number;
  readonly name: string | null;
  readonly farm: RoleFarm;
  /** The farm has taken this computer in a moment ago: it need not be asked whether it is welcome. */
  readonly justJoined: boolean;
  readonly slots: number | null;
  readonly threads: number | null;
  /** Called before this computer is measured for the number of its slots, while the worker has nothing to do; null: it is not. */
  readonly onMeasure: (() => void) | null;
  /** Told of frames that could not be delivered when it was asked to stop. */
  readonly onHeld: NonNullable<WorkerOptions['onHeld']>;
  readonly tags: readonly string[];
  /** auto, none, all or a kind of graphics card. */
  readonly gpu: string;
  readonly hangSeconds: number | null;
  readonly blenders: readonly FoundBlender[];
  /** Bytes. */
  readonly cache: number;
  readonly keep: number;
  readonly give: { readonly host: string; readonly port: number } | null;
  readonly sandbox: SandboxFlags;
}

export async function startWorkerRole(options: WorkerRoleOptions): Promise<RunningRole> {
  const { data, number, settings, farm } = options;
  const role = workerFolder(number);
  const folder = join(data, role);
  const lock = await lockFolder(folder, 'worker');
  if (!options.justJoined) await mustBeWelcome(farm);
  const { readOwnRules } = await import('@akashganga/worker');
  const { OwnWorker } = await import('./own-worker.ts');
  const failureRules = await readOwnRules(data);
  const sandbox = await workerSandbox(settings, options.sandbox, folder);
  const { roleLog } = await import('./role-log.ts');
  const log = roleLog(data, role);
  const about = { ...options, folder, sandbox, log, environment: settings.environment };
  const slots = await slotsOf(about);
  const worker = await OwnWorker.start({
    about: {
      ...{ folder, farm, sandbox, log, failureRules, environment: settings.environment },
      name: options.name ?? (number === 1 ? hostname() : `${hostname()} ${number}`),
      computer: { platform: `${platform()}-${arch()}`, cores: availableParallelism(), memory: totalmem() },
      ...{ slots: slots.slots, threads: slots.threads, tags: options.tags, blenders: options.blenders },
      onHeld: options.onHeld,
      ...{ cacheBytes: options.cache, keptBytes: options.keep, give: options.give },
      ...(options.hangSeconds === null ? {} : { silenceLimitSeconds: options.hangSeconds }),
    },
    drawBoot,
    gpu: options.gpu,
    openSandbox: (place) => workerSandbox(settings, options.sandbox, place),
  });
  const certified = renewal(farm, log);
  const measuring = new AbortController();
  const measured = slots.isKnown ? null : measureFor(worker, { ...about, signal: measuring.signal });
  const drain = async () => {
    measuring.abort();
    await worker.drain();
  };
  const close = async () => {
    measuring.abort();
    certified?.close();
    await worker.close();
    await measured;
    await sandbox.close();
  };
  return { url: null, ended: worker.ended, drain, close, lock };
}

type About = Pick<WorkerRoleOptions, 'slots' | 'threads' | 'onMeasure'> & SlotsOptions;

/** What a person said comes first, then what was measured here, then a rule. */
async function slotsOf(options: About): Promise<Slots & { readonly isKnown: boolean }> {
  const cores = availableParallelism();
  const said = options.slots ?? (options.threads === null ? null : defaultSlots(cores, totalmem()));
  if (said !== null) {
    const threads = options.threads ?? Math.max(1, Math.floor(cores / said));
    return { slots: said, threads, isKnown: true };
  }
  const { slots, threads, isMeasured } = await slotsHere(options);
  return { slots, threads, isKnown: isMeasured };
}

/** Measures while the worker has nothing to do, and lets it go on with as many slots as are best. Never rejects. */
async function measureFor(worker: OwnWorker, options: About & { readonly signal: AbortSignal }) {
  const { onMeasure, log } = options;
  if (!onMeasure) return;
  try {
    const best = await measureMeanwhile({ ...options, onMeasure, hasWork: () => worker.hasWork });
    const isOther = best !== null && best.slots !== worker.slots;
    if (isOther && !options.signal.aborted) await worker.replace(best);
  } catch (error) {
    log.error({ error }, 'the worker could not go on with as many slots as are best');
  }
}

/** Where the n-th worker of this computer keeps what is its own. */
export function workerFolder(number: number): string {
  return number === 1 ? 'worker' : `worker-${number}`;
}

function drawBoot(): string {
  return `b-${randomBytes(6).toString('hex')}`;
}

/** The Blender of this computer. Throws `machine.no-blender`. */
export async function needBlender(settings: Settings) {
  const [found] = await ownBlenders(settings);
  if (!found) throw new FarmError('machine.no-blender');
  return found;
}

/** The Blender of this computer, if it has one. Throws `machine.no-blender` when the one that was named does not start. */
export async function ownBlenders(settings: Settings) {
  const { findBlender } = await import('@akashganga/worker');
  const found = await findBlender({
    override: settings.blender ?? undefined,
    environment: settings.environment,
  });
  if (!found && settings.blender)
    throw new FarmError(
      'machine.no-blender',
      {},
      {
        says: `AKASHGANGA_BLENDER names ${settings.blender}, which is no Blender that starts. Mend the path, or unset it to use the Blender of this computer.`,
      },
    );
  return found ? [found] : [];
}

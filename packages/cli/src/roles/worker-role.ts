import { randomBytes } from 'node:crypto';
import { arch, availableParallelism, hostname, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { lockFolder } from '@akashganga/storage';
import type { FoundBlender, WorkerOptions } from '@akashganga/worker';
import type { Settings } from '../config/settings.ts';
import { mustBeWelcome } from '../farm/must-be-welcome.ts';
import type { RoleFarm } from '../farm/role-farm.ts';
import { roleLog } from './role-log.ts';
import type { RunningRole } from './run-role.ts';
import { type SandboxFlags, workerSandbox } from './worker-sandbox.ts';
import { defaultSlots, slotsHere } from './worker-slots.ts';

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
  /** Called before this computer is measured for the number of its slots; null: it is not. */
  readonly onMeasure: (() => void) | null;
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
  const { CardWorkers, readOwnRules, startWorker } = await import('@akashganga/worker');
  const failureRules = await readOwnRules(data);
  const cores = availableParallelism();
  const sandbox = await workerSandbox(settings, options.sandbox, folder);
  const log = roleLog(data, role);
  const { environment } = settings;
  const known = options.slots ?? (options.threads === null ? null : defaultSlots(cores, totalmem()));
  const { slots, threads } =
    known === null
      ? await slotsHere({ ...options, folder, sandbox, environment, log })
      : { slots: known, threads: Math.max(1, Math.floor(cores / known)) };
  const about: WorkerOptions = {
    folder,
    farm,
    name: options.name ?? (number === 1 ? hostname() : `${hostname()} ${number}`),
    boot: drawBoot(),
    computer: { platform: `${platform()}-${arch()}`, cores, memory: totalmem() },
    slots,
    threads: options.threads ?? threads,
    tags: options.tags,
    blenders: options.blenders,
    cacheBytes: options.cache,
    keptBytes: options.keep,
    give: options.give,
    sandbox,
    log,
    failureRules,
    environment: settings.environment,
    ...(options.hangSeconds === null ? {} : { silenceLimitSeconds: options.hangSeconds }),
  };
  const worker = await startWorker(about);
  const cards = new CardWorkers({
    ...{ first: worker, worker: about, choice: options.gpu, drawBoot },
    openSandbox: (place) => workerSandbox(settings, options.sandbox, place),
  });
  const drain = async () => {
    await Promise.all([worker.drain(), cards.drain()]);
  };
  const close = async () => {
    await cards.close();
    await worker.close();
    await sandbox.close();
  };
  return { url: null, ended: worker.ended, drain, close, lock };
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

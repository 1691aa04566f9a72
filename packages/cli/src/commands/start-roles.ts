import { FarmError } from '@akashganga/protocol';
import { proxyInFront } from '../config/proxy-in-front.ts';
import { type SignInFlags, signInWith } from '../config/sign-in-with.ts';
import { needFarmAddress } from '../farm/find-farm.ts';
import { type RoleFarm, type RolePlace, roleFarm } from '../farm/role-farm.ts';
import { shownCertificate } from '../farm/shown-certificate.ts';
import type { Run } from '../program.ts';
import { largestPicture, needFfmpeg, startFramesRole } from '../roles/frames-role.ts';
import { startManagerRole } from '../roles/manager-role.ts';
import { type RunningRole, runRole } from '../roles/run-role.ts';
import { sayHeld } from '../roles/say-held.ts';
import { ownBlenders, startWorkerRole, workerFolder } from '../roles/worker-role.ts';
import { type CommandContext, type CommonFlags, contextOf } from './common-flags.ts';
import { joinFarm } from './join.ts';

export interface WorkerFlags extends CommonFlags {
  readonly join?: string | undefined;
  readonly name?: string;
  readonly slots?: number;
  readonly threads?: number;
  readonly tag: string[];
  readonly measure: boolean;
  readonly gpu: string;
  readonly number: number;
  readonly hangSeconds?: number;
  readonly cache: number;
  readonly keep: number;
  readonly host: string;
  readonly port: number;
  readonly give: boolean;
  readonly sandbox?: string;
  readonly sessionMemory?: number;
  readonly sessionDisk?: number;
}

export interface ServerFlags extends CommonFlags, SignInFlags {
  readonly host: string;
  readonly port: number;
  readonly address?: string;
  readonly join?: string;
  readonly slowMotion?: boolean;
  readonly temporary?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: string;
  readonly proxyFrom?: string;
  readonly framesPatience?: number;
  readonly webhooksTo?: string;
}

function gpuFrom(value: string): string {
  const known = ['auto', 'none', 'all', 'optix', 'cuda', 'hip', 'metal', 'oneapi'];
  const wanted = value.toLowerCase();
  if (known.includes(wanted)) return wanted;
  throw new FarmError('usage.bad-flag', { flag: '--gpu', value, why: `it is ${known.join(', ')}` });
}

async function farmOf(
  flags: { join?: string | undefined; farm?: string; data?: string },
  place: RolePlace,
  context: CommandContext,
): Promise<RoleFarm> {
  return flags.join ? joinFarm(flags.join, place, context) : roleFarm(context.settings, flags, place);
}

function workerPlace(number: number): RolePlace {
  return { role: 'worker', folder: workerFolder(number) };
}

/** `join` and `worker`. Resolves to the exit code. */
export async function runWorker(flags: WorkerFlags, run: Run): Promise<number> {
  const context = contextOf(run.settings, flags);
  const { talk } = context;
  // Blender takes as long to tell its version as the farm to take us in.
  const looking = ownBlenders(context.settings);
  looking.catch(() => undefined);
  const farm = await farmOf(flags, workerPlace(flags.number), context);
  run.takeSignals();
  const start = async () => {
    const own = await looking;
    if (own.length === 0)
      talk.say('There is no Blender on this computer; it renders with those of the farm.');
    return startWorkerRole({
      settings: context.settings,
      data: context.data,
      number: flags.number,
      name: flags.name ?? null,
      farm,
      justJoined: flags.join !== undefined,
      slots: flags.slots ?? null,
      threads: flags.threads ?? null,
      onMeasure: flags.measure
        ? () =>
            talk.say(
              'Measuring once how many slots are best here, while there is nothing to render. --slots N skips this.',
            )
        : null,
      onHeld: sayHeld(talk),
      tags: flags.tag,
      gpu: gpuFrom(flags.gpu),
      hangSeconds: flags.hangSeconds ?? null,
      blenders: own,
      cache: flags.cache,
      keep: flags.keep,
      give: flags.give ? { host: flags.host, port: flags.port } : null,
      sandbox: {
        mode: flags.sandbox ?? null,
        memory: flags.sessionMemory ?? null,
        disk: flags.sessionDisk ?? null,
      },
    });
  };
  return runRole(start, () =>
    sayReady(
      talk,
      `This computer renders for the farm at ${farm.url}. Ctrl-C: finish the frames under way and leave.`,
      'worker',
      null,
    ),
  );
}

/** `manager`. */
export async function runManager(flags: ServerFlags, run: Run): Promise<void> {
  const context = contextOf(run.settings, flags);
  run.takeSignals();
  const start = async () =>
    startManagerRole({
      data: context.data,
      host: flags.host,
      port: flags.port,
      address: flags.address ?? null,
      databaseUrl: context.settings.databaseUrl,
      temporary: flags.temporary ?? false,
      shown: await shownCertificate(flags),
      signInWith: await signInWith(flags, context.settings, flags.behindProxy ?? null),
      proxy: proxyInFront(flags),
      framesPatience: flags.framesPatience ?? 10,
      webhooksTo: flags.webhooksTo?.split(',').map((one) => one.trim()) ?? [],
    });
  run.exit(
    await runRole(start, (role) =>
      sayReady(context.talk, `The manager serves at ${role.url}.`, 'manager', role),
    ),
  );
}

/** `frames`. */
export async function runFrames(flags: ServerFlags, run: Run): Promise<void> {
  const context = contextOf(run.settings, flags);
  run.takeSignals();
  const start = async () =>
    startFramesRole({
      data: context.data,
      host: flags.host,
      port: flags.port,
      address: flags.address ?? null,
      farm: await farmOf(flags, { role: 'frames', folder: 'frames' }, context),
      ffmpeg: await needFfmpeg(context.settings),
      largestPicture: largestPicture(context.settings),
      out: context.settings.out,
      searchPath: context.settings.environment.PATH ?? '',
      slowMotion: flags.slowMotion ?? false,
    });
  run.exit(
    await runRole(start, (role) =>
      sayReady(context.talk, `The frame server serves at ${role.url}.`, 'frames', role),
    ),
  );
}

/** `monitor`. */
export async function runMonitor(flags: ServerFlags, run: Run): Promise<void> {
  const context = contextOf(run.settings, flags);
  run.takeSignals();
  const start = async () => {
    const farm = await needFarmAddress(context.settings, flags);
    const { startMonitorRole } = await import('../roles/monitor-role.ts');
    return startMonitorRole({
      ...{ data: context.data, host: flags.host, port: flags.port, farm },
      ...{ shown: await shownCertificate(flags), proxy: proxyInFront(flags) },
    });
  };
  run.exit(
    await runRole(start, (role) => sayReady(context.talk, `The page is at ${role.url}/.`, 'monitor', role)),
  );
}

function sayReady(
  talk: CommandContext['talk'],
  text: string,
  role: string,
  running: RunningRole | null,
): void {
  // A role that another process started has nobody to talk to.
  if (process.connected) return;
  talk.answer(text);
  talk.fact({ event: 'ready', role, url: running?.url ?? null });
}

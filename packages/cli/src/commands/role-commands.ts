import { FarmError } from '@akashganga/protocol';
import type { Command } from 'commander';
import { proxyInFront } from '../config/proxy-in-front.ts';
import { type SignInFlags, signInWith, withSignInFlags } from '../config/sign-in-with.ts';
import { needFarmAddress } from '../farm/find-farm.ts';
import { type RoleFarm, type RolePlace, roleFarm } from '../farm/role-farm.ts';
import { shownCertificate } from '../farm/shown-certificate.ts';
import type { Run } from '../program.ts';
import { largestPicture, needFfmpeg, startFramesRole } from '../roles/frames-role.ts';
import { startManagerRole } from '../roles/manager-role.ts';
import { startMonitorRole } from '../roles/monitor-role.ts';
import { type RunningRole, runRole } from '../roles/run-role.ts';
import { ownBlenders, startWorkerRole, workerFolder } from '../roles/worker-role.ts';
import { byteSize } from './byte-size.ts';
import { type CommandContext, type CommonFlags, contextOf, withCommonFlags } from './common-flags.ts';
import { wholeFrom } from './job-flags.ts';
import { joinFarm } from './join.ts';

interface WorkerFlags extends CommonFlags {
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

interface ServerFlags extends CommonFlags, SignInFlags {
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

/** The four roles, each alone, and `join`. */
export function withRoles(program: Command, run: Run): void {
  withWorkerFlags(withCommonFlags(program.command('join').argument('[code]')))
    .description('make this computer a worker of the farm that printed the code, until stopped')
    .action(async (code: string | undefined, flags: WorkerFlags) => {
      run.exit(await runWorker({ ...flags, join: code }, run));
    });
  withWorkerFlags(withCommonFlags(program.command('worker')))
    .description('a render client alone')
    .option('--join <code>', 'the join code of the farm')
    .action(async (flags: WorkerFlags) => run.exit(await runWorker(flags, run)));
  withReachFlags(withServerFlags(withCommonFlags(program.command('manager')), 7770))
    .description('the render server alone; DATABASE_URL names a PostgreSQL of your own')
    .option(
      '--frames-patience <minutes>',
      'give a frame server up that has not answered for so long, if there is another',
      wholeFrom(1),
      10,
    )
    .option('--temporary', 'of a farm that ends with the command that started it')
    .action((flags: ServerFlags) => runManager(flags, run));
  withServerFlags(withCommonFlags(program.command('frames')), 7771)
    .description('a frame server alone')
    .option('--join <code>', 'the join code of the farm')
    .option('--slow-motion', 'wait before a frame is kept, so that people can watch')
    .action((flags: ServerFlags) => runFrames(flags, run));
  withTlsFlags(withServerFlags(withCommonFlags(program.command('monitor')), 7772))
    .description('the page alone')
    .action((flags: ServerFlags) => runMonitor(flags, run));
}

function withWorkerFlags(command: Command): Command {
  return command
    .option('--name <name>', 'what people call this worker')
    .option('--slots <n>', 'frames rendered at a time', wholeFrom(1))
    .option('--threads <n>', 'threads of each slot', wholeFrom(1))
    .option('--no-measure', 'do not measure how many slots are best here')
    .option(
      '--gpu <which>',
      'graphics cards to render on beside the processor: auto, none, all or a kind, as optix',
      'auto',
    )
    .option(
      '--tag <tag>',
      'a tag jobs can ask for (may be given again)',
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option('--number <n>', 'which of several workers on this computer', wholeFrom(1), 1)
    .option('--hang-seconds <n>', 'stop a Blender that is silent for so long', wholeFrom(1))
    .option(
      '--cache <size>',
      'keep scenes and builds of this size at most, as 500M or 50G',
      byteSize,
      byteSize('50G'),
    )
    .option(
      '--keep <size>',
      'keep delivered frames of this size at most, in case their frame server is lost',
      byteSize,
      byteSize('2G'),
    )
    .option('--host <address>', 'give scenes and builds to other workers from this address', '0.0.0.0')
    .option('--port <n>', 'and from this port; 0 takes any', wholeFrom(0), 0)
    .option('--no-give', 'give nothing to other workers')
    .option('--sandbox <how>', 'keep Blender from everything but its scene: auto, require or off')
    .option('--session-memory <gb>', 'GB of memory one Blender may take', wholeFrom(1))
    .option('--session-disk <gb>', 'GB of files one Blender may write', wholeFrom(1));
}

function withServerFlags(command: Command, port: number): Command {
  return command
    .option('--host <address>', 'listen on this address', '0.0.0.0')
    .option('--port <n>', 'listen on this port; 0 takes any', wholeFrom(0), port)
    .option('--address <address>', 'how other computers reach this one');
}

/** For what browsers reach. */
function withTlsFlags(command: Command): Command {
  return command
    .option(
      '--tls-cert <file>',
      'show browsers this certificate (PEM, with its chain) instead of the farm’s own',
    )
    .option('--tls-key <file>', 'its private key (PEM)')
    .option(
      '--behind-proxy <url>',
      'a proxy that speaks TLS stands in front, at this address: take plain HTTP of it',
    )
    .option('--proxy-from <ranges>', 'where that proxy calls from, as 10.0.0.5 (default: this computer)');
}

/** For what reaches a manager, and what it reaches. */
export function withReachFlags(command: Command): Command {
  return withSignInFlags(withTlsFlags(command)).option(
    '--webhooks-to <ranges>',
    'notices may also go to these addresses, as 192.168.1.20,10.0.0.0/8; else only to public ones',
  );
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

async function runWorker(flags: WorkerFlags, run: Run): Promise<number> {
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

async function runManager(flags: ServerFlags, run: Run): Promise<void> {
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

async function runFrames(flags: ServerFlags, run: Run): Promise<void> {
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

async function runMonitor(flags: ServerFlags, run: Run): Promise<void> {
  const context = contextOf(run.settings, flags);
  run.takeSignals();
  const start = async () => {
    const farm = await needFarmAddress(context.settings, flags);
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

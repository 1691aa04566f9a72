import type { Command } from 'commander';
import { withSignInFlags } from '../config/sign-in-with.ts';
import type { Run } from '../program.ts';
import { byteSize } from './byte-size.ts';
import { withCommonFlags } from './common-flags.ts';
import { wholeFrom } from './job-flags.ts';
import type { ServerFlags, WorkerFlags } from './start-roles.ts';

// Roles bring much along, which every other command would load for nothing.
async function roles(run: Run) {
  const loaded = await import('./start-roles.ts');
  run.signal.throwIfAborted();
  return loaded;
}

/** The four roles, each alone, and `join`. */
export function withRoles(program: Command, run: Run): void {
  withWorkerFlags(withCommonFlags(program.command('join').argument('[code]')))
    .description('make this computer a worker of the farm that printed the code, until stopped')
    .action(async (code: string | undefined, flags: WorkerFlags) => {
      run.exit(await (await roles(run)).runWorker({ ...flags, join: code }, run));
    });
  withWorkerFlags(withCommonFlags(program.command('worker')))
    .description('a render client alone')
    .option('--join <code>', 'the join code of the farm')
    .action(async (flags: WorkerFlags) => run.exit(await (await roles(run)).runWorker(flags, run)));
  withReachFlags(withServerFlags(withCommonFlags(program.command('manager')), 7770))
    .description('the render server alone; DATABASE_URL names a PostgreSQL of your own')
    .option(
      '--frames-patience <minutes>',
      'give a frame server up that has not answered for so long, if there is another',
      wholeFrom(1),
      10,
    )
    .option('--temporary', 'of a farm that ends with the command that started it')
    .action(async (flags: ServerFlags) => (await roles(run)).runManager(flags, run));
  withServerFlags(withCommonFlags(program.command('frames')), 7771)
    .description('a frame server alone')
    .option('--join <code>', 'the join code of the farm')
    .option('--slow-motion', 'wait before a frame is kept, so that people can watch')
    .action(async (flags: ServerFlags) => (await roles(run)).runFrames(flags, run));
  withTlsFlags(withServerFlags(withCommonFlags(program.command('monitor')), 7772))
    .description('the page alone')
    .action(async (flags: ServerFlags) => (await roles(run)).runMonitor(flags, run));
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

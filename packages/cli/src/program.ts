import type { FarmClient } from '@akashganga/client';
import { FarmError, parseFrames, RELEASE } from '@akashganga/protocol';
import { Command } from 'commander';
import { addAccess } from './commands/access.ts';
import type { Action } from './commands/act.ts';
import type { AddFlags } from './commands/blender.ts';
import {
  type CommandContext,
  type CommonFlags,
  contextOf,
  withCommonFlags,
} from './commands/common-flags.ts';
import { addControls } from './commands/control-commands.ts';
import type { FetchFlags } from './commands/fetch.ts';
import { type FilmFlags, withFilmFlags } from './commands/film-flags.ts';
import { type JobFlags, positive, priority, wholeFrom, withJobFlags } from './commands/job-flags.ts';
import { addLink } from './commands/link.ts';
import { withReachFlags, withRoles } from './commands/role-commands.ts';
import type { UpFlags } from './commands/up.ts';
import { addWebhooks } from './commands/webhooks.ts';
import type { Settings } from './config/settings.ts';

export interface Run {
  readonly settings: Settings;
  /** Aborted by Ctrl-C and TERM. */
  readonly signal: AbortSignal;
  /** Signals are left to the command itself, which stops kindly. */
  readonly takeSignals: () => void;
  readonly exit: (code: number) => void;
}

// What a command does is loaded when it is called: loading all of it takes longer than most of them do.
const views = () => import('./commands/show.ts');
const actions = () => import('./commands/act.ts');
const keeping = () => import('./commands/backup.ts');
const blenders = () => import('./commands/blender.ts');

/** The command and all its subcommands. */
export function makeProgram(run: Run): Command {
  const program = new Command('akashganga')
    .description('A Blender render farm: one command starts it, one command joins it.')
    .version(RELEASE)
    .showHelpAfterError('(akashganga --help lists the commands)');
  addWork(program, run);
  addViews(program, run);
  addFilm(program, run);
  addActions(program, run);
  addControls(program, (flags, work) => onFarm(run, flags, work));
  addAccess(program, (flags, work) => onFarm(run, flags, work));
  addWebhooks(program, (flags, work) => onFarm(run, flags, work));
  addLink(program, (flags, work) => onFarm(run, flags, work));
  addBlenders(program, run);
  withRoles(program, run);
  return program;
}

function addWork(program: Command, run: Run): void {
  withCommonFlags(withJobFlags(program.command('render').argument('<scene>')))
    .description('render a scene to a film and wait; starts a farm here if there is none')
    .action(async (scene: string, flags: JobFlags & CommonFlags) => {
      const { render } = await import('./commands/render.ts');
      run.exit(await render(scene, flags, contextOf(run.settings, flags), run.signal));
    });
  withCommonFlags(withJobFlags(program.command('submit').argument('<scene>')))
    .description("hand a scene to the farm and return with the job's id")
    .option('--wait', 'wait for the film, like render')
    .action(async (scene: string, flags: JobFlags & CommonFlags & { wait?: boolean }) => {
      const { submit } = await import('./commands/submit.ts');
      run.exit(await submit(scene, flags, contextOf(run.settings, flags), run.signal));
    });
  withCommonFlags(program.command('scene').argument('<file>'))
    .description('what a .blend is, and the files it needs; without Blender')
    .action(async (file: string, flags: CommonFlags) => {
      const { scene } = await import('./commands/scene.ts');
      run.exit(await scene(file, contextOf(run.settings, flags), run.signal));
    });
  withReachFlags(withCommonFlags(program.command('up')))
    .description('a whole farm on this computer, until stopped; prints how other computers join')
    .option('--host <address>', 'listen on this address', '0.0.0.0')
    .option('--port <n>', 'the port of the farm', wholeFrom(0), 7770)
    .option('--frames-port <n>', 'the port of the frame server', wholeFrom(0), 7771)
    .option('--address <host>', 'how other computers reach this one')
    .option('--slots <n>', 'slots of the worker here', wholeFrom(1))
    .action(async (flags: UpFlags & CommonFlags) => {
      const { up } = await import('./commands/up.ts');
      run.exit(await up(flags, contextOf(run.settings, flags), run.signal));
    });
  withCommonFlags(program.command('doctor'))
    .description('check this computer and say what to mend')
    .action(async (flags: CommonFlags) => {
      const { doctor } = await import('./commands/doctor.ts');
      run.exit(await doctor(contextOf(run.settings, flags)));
    });
}

type WithFarm = (client: FarmClient, context: CommandContext) => Promise<void>;
/** Runs a command that needs a farm. */
export type OnFarm = (flags: CommonFlags, work: WithFarm) => Promise<void>;

async function onFarm(run: Run, flags: CommonFlags, work: WithFarm): Promise<void> {
  const context = contextOf(run.settings, flags);
  const { needFarm } = await import('./farm/find-farm.ts');
  await using client = await needFarm(run.settings, flags);
  await work(client, context);
  run.exit(0);
}

function addViews(program: Command, run: Run): void {
  withCommonFlags(program.command('jobs'))
    .description('all jobs')
    .action((flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) => (await views()).showJobs(client, talk)),
    );
  withCommonFlags(program.command('watch'))
    .description('the farm live in this terminal')
    .action((flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) =>
        (await import('./watch/watch.ts')).watch(client, talk, run.signal),
      ),
    );
  withCommonFlags(program.command('job').argument('<id>'))
    .description('one job')
    .option('--stats', 'what each worker did for it')
    .action((id: string, flags: CommonFlags & { stats?: boolean }) =>
      onFarm(run, flags, async (client, { talk }) =>
        flags.stats
          ? (await import('./commands/history.ts')).showStatistics(client, id, talk)
          : (await views()).showJob(client, id, talk),
      ),
    );
  withCommonFlags(program.command('logs').argument('<id>').argument('[frame]'))
    .description('what Blender said, of failed attempts or of one frame')
    .option('--follow', 'what it says of a frame while it renders, until that has ended')
    .action((id: string, frame: string | undefined, flags: CommonFlags & { follow?: boolean }) => {
      const number = frame === undefined ? undefined : parseFrames(frame)[0];
      if (flags.follow && number === undefined)
        throw new FarmError('usage.bad-flag', {
          flag: '--follow',
          value: '',
          why: 'name the frame to follow',
        });
      return onFarm(run, flags, async (client, { talk }) =>
        flags.follow && number !== undefined
          ? (await import('./commands/follow-log.ts')).followLog(client, id, number, talk)
          : (await views()).showLogs(client, id, number, talk),
      );
    });
  withCommonFlags(program.command('fetch').argument('<id>'))
    .description('bring the film or the frames of a job here')
    .option('--frames <dir>', 'the frames, into this folder')
    .option('--film <file>', 'the film, as this file')
    .option('--zip <file>', 'frames and film as a zip, with SHA256SUMS')
    .option('--sheet <file>', 'a contact sheet, as this JPEG file')
    .option('--columns <n>', 'pictures side by side in the contact sheet (default: 8)', wholeFrom(1))
    .option('--only <spec>', 'of the frames only these, as 1-100')
    .option('--name <template>', "how the frames' files are called, as {job}_{frame:05}")
    .action((id: string, flags: CommonFlags & FetchFlags) =>
      onFarm(run, flags, async (client, { talk }) =>
        (await import('./commands/fetch.ts')).fetchResults(client, id, flags, talk, run.signal),
      ),
    );
}

function addFilm(program: Command, run: Run): void {
  withCommonFlags(withFilmFlags(program.command('film').argument('<id>')))
    .description('make the film of a finished job again, in another way, and bring it here')
    .option('--output <file>', 'the film; its ending picks the container')
    .option('--fps <n>', "pictures a second (default: the scene's)", positive)
    .action((id: string, flags: CommonFlags & FilmFlags & { fps?: number }) =>
      onFarm(run, flags, async (client, context) =>
        (await import('./commands/film.ts')).remakeFilm(client, id, flags, context, run.signal),
      ),
    );
}

function addActions(program: Command, run: Run): void {
  const words: Record<Action, string> = {
    pause: 'hand out no more frames of a job',
    resume: 'go on with a paused job',
    cancel: 'stop a job for good',
  };
  for (const [action, description] of Object.entries(words) as [Action, string][]) {
    const command = withCommonFlags(program.command(action).argument('<id>')).description(description);
    if (action === 'pause')
      command.option('--now', 'stop the frames under way too; they are rendered anew later');
    command.action((id: string, flags: CommonFlags & { now?: boolean }) =>
      onFarm(run, flags, async (client, { talk }) =>
        (await actions()).act(client, action, id, flags.now ?? false, talk),
      ),
    );
  }
  withCommonFlags(program.command('retry').argument('<id>').argument('[frames]'))
    .description('render failed frames again, or the frames named')
    .action((id: string, frames: string | undefined, flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) => (await actions()).retry(client, id, frames, talk)),
    );
  withCommonFlags(
    program.command('priority').argument('<id>').argument('<0-100>', 'the new priority', priority),
  )
    .description('change the priority of a job')
    .action((id: string, value: number, flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) => (await actions()).setPriority(client, id, value, talk)),
    );
  withCommonFlags(program.command('delete').argument('<id>'))
    .description('forget a job with its frames and its film')
    .action((id: string, flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) => (await actions()).deleteJob(client, id, talk)),
    );
  withCommonFlags(program.command('backup').argument('<file>'))
    .description("keep the farm's memory in a file")
    .action((file: string, flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) => (await keeping()).backup(client, file, talk)),
    );
  withCommonFlags(program.command('restore').argument('<file>'))
    .description('put a backup into an empty farm')
    .action((file: string, flags: CommonFlags) =>
      onFarm(run, flags, async (client, { talk }) => (await keeping()).restore(client, file, talk)),
    );
}

function addBlenders(program: Command, run: Run): void {
  const builds = program
    .command('blender')
    .description('the Blenders that the farm hands out to its workers');
  withCommonFlags(builds.command('add').argument('[what]'))
    .description(
      'hand out a Blender: an archive or folder from blender.org, a version like 4.2.1, or --installed',
    )
    .option('--installed', 'the Blender of this computer, with all it needs of this system')
    .option(
      '--platform <name>',
      'for which platform, as linux-x64 (default: what the archive says, or this one)',
    )
    .action(async (what: string | undefined, flags: CommonFlags & AddFlags) => {
      const { addBlender } = await blenders();
      await addBlender(what, flags, contextOf(run.settings, flags), run.signal);
      run.exit(0);
    });
  withCommonFlags(builds.command('list'))
    .description('the Blenders that the farm hands out')
    .action((flags: CommonFlags) =>
      onFarm(run, flags, async (client, context) => (await blenders()).listBlenders(client, context)),
    );
  withCommonFlags(builds.command('remove').argument('<version>'))
    .description('hand a version out no more')
    .option('--platform <name>', 'only for this platform')
    .action((version: string, flags: CommonFlags & { platform?: string }) =>
      onFarm(run, flags, async (client, context) =>
        (await blenders()).removeBlender(client, version, flags, context),
      ),
    );
}

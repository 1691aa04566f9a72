import type { FarmClient } from '@akashganga/client';
import { type JobChange, jobRoutes } from '@akashganga/protocol';
import type { Command } from 'commander';
import type { Talk } from '../output/talk.ts';
import type { OnFarm } from '../program.ts';
import { type CommonFlags, withCommonFlags } from './common-flags.ts';
import { frameServers } from './frame-servers.ts';
import { limits, showHistory } from './history.ts';
import { priority } from './job-flags.ts';
import { type TermFlags, termsFrom, withTermFlags } from './job-terms.ts';
import { showWorkers } from './show.ts';
import { onWorker } from './workers.ts';

type ChangeFlags = CommonFlags & TermFlags & { readonly priority?: number; readonly tag?: string[] };

/** Commands that change how jobs and workers are treated. */
export function addControls(program: Command, onFarm: OnFarm): void {
  withTermFlags(withCommonFlags(program.command('change').argument('<id>')))
    .description('change who may render a job and when, also while it runs')
    .option('--priority <0-100>', 'higher goes first', priority)
    .option('--tag <tag...>', 'only on workers with these tags')
    .action((id: string, flags: ChangeFlags) =>
      onFarm(flags, (client, { talk }) => change(client, id, changeFrom(flags), talk)),
    );
  withCommonFlags(program.command('workers').argument('[id]').argument('[words...]'))
    .description(
      'the computers of the farm; or one of them, to drain, wake, forgive, remove, sleep HOURS|never, tags …|own, only-when-idle yes|no, max-jobs N|any',
    )
    .action((id: string | undefined, words: string[], flags: CommonFlags) =>
      onFarm(flags, (client, { talk }) =>
        id === undefined ? showWorkers(client, talk) : onWorker(client, id, words, talk),
      ),
    );
  withCommonFlags(program.command('frame-servers').argument('[id]').argument('[remove]'))
    .description('the frame servers of the farm; or give one up, so that its jobs go to another at once')
    .action((id: string | undefined, action: string | undefined, flags: CommonFlags) =>
      onFarm(flags, (client, { talk }) => frameServers(client, id, action, talk)),
    );
  withCommonFlags(program.command('limit').argument('[name=n]'))
    .description('how many of a resource, as a licence, the farm has; none takes the limit away')
    .action((spec: string | undefined, flags: CommonFlags) =>
      onFarm(flags, (client, { talk }) => limits(client, spec, talk)),
    );
  withCommonFlags(program.command('history').argument('[id]'))
    .description('who changed what and when, in the farm or of one job')
    .action((id: string | undefined, flags: CommonFlags) =>
      onFarm(flags, (client, { talk }) => showHistory(client, id, talk)),
    );
}

function changeFrom(flags: ChangeFlags): JobChange {
  return {
    ...termsFrom(flags),
    ...(flags.priority === undefined ? {} : { priority: flags.priority }),
    ...(flags.tag === undefined ? {} : { tags: flags.tag }),
  };
}

async function change(client: FarmClient, job: string, body: JobChange, talk: Talk): Promise<void> {
  const after = await client.call(jobRoutes.change, { params: { job }, body });
  talk.fact(after);
  talk.answer(`Job ${job} is changed${after.waitsFor === null ? '' : `; it waits for ${after.waitsFor}`}.`);
}

import type { FarmClient } from '@akashganga/client';
import { accessRoutes } from '@akashganga/protocol';
import type { Command } from 'commander';
import type { OnFarm } from '../program.ts';
import { type CommandContext, type CommonFlags, withCommonFlags } from './common-flags.ts';
import { wholeFrom } from './job-flags.ts';
import { lifetime } from './lifetime.ts';

interface LinkFlags extends CommonFlags {
  readonly frame?: number;
  readonly expires: number;
}

/** `link ID`: shows a film or a frame to somebody without a token. */
export function addLink(program: Command, onFarm: OnFarm): void {
  withCommonFlags(program.command('link').argument('<id>'))
    .description('make a link that shows the film of a job to whoever has it')
    .option('--frame <n>', 'show this frame instead of the film', wholeFrom(-1_048_574))
    .option('--expires <time>', 'until when, as 30m, 2h or 7d', lifetime, lifetime('24h'))
    .action((id: string, flags: LinkFlags) =>
      onFarm(flags, (client, context) => makeLink(client, id, flags, context)),
    );
}

async function makeLink(
  client: FarmClient,
  job: string,
  { frame = null, expires }: { readonly frame?: number | null; readonly expires: number },
  { talk }: CommandContext,
): Promise<void> {
  const made = await client.call(accessRoutes.makeLink, { body: { job, frame, expiresSeconds: expires } });
  const until = new Date(made.expiresAt).toISOString().slice(0, 16).replace('T', ' ');
  const what = frame === null ? 'the film' : `frame ${frame}`;
  talk.say(`Shows ${what} of job ${job} to whoever has it, until ${until} UTC:`);
  talk.answer(made.url);
  talk.fact(made);
}

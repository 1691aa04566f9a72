import type { FarmClient } from '@akashganga/client';
import { accessRoutes, FarmError, farmRoutes } from '@akashganga/protocol';
import { offerInstalled } from '../builds/offer-installed.ts';
import type { SignInFlags } from '../config/sign-in-with.ts';
import { readRunningFarm } from '../farm/farm-files.ts';
import { isAlive } from '../farm/find-farm.ts';
import { needFfmpeg } from '../roles/frames-role.ts';
import { OwnFarm } from '../roles/own-farm.ts';
import { needBlender } from '../roles/worker-role.ts';
import type { CommandContext } from './common-flags.ts';

export interface UpFlags extends SignInFlags {
  readonly host: string;
  readonly port: number;
  readonly framesPort: number;
  readonly address?: string;
  readonly slots?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: string;
  readonly proxyFrom?: string;
  readonly webhooksTo?: string;
}

/** `up`: manager, frame server, monitor and one worker on this computer, until stopped. */
export async function up(flags: UpFlags, context: CommandContext, signal: AbortSignal): Promise<number> {
  const { settings, talk, data } = context;
  const running = await readRunningFarm(data);
  if (running && isAlive(running.pid))
    throw new FarmError('machine.data-in-use', { folder: data, role: 'farm' });
  await Promise.all([needBlender(settings), needFfmpeg(settings)]);
  talk.say('Starting the farm.');
  const farm = await OwnFarm.start({
    settings,
    data,
    host: flags.host,
    port: flags.port,
    framesPort: flags.framesPort,
    address: flags.address ?? null,
    workers: 1,
    slots: flags.slots ?? null,
    temporary: false,
    tlsCert: flags.tlsCert,
    tlsKey: flags.tlsKey,
    behindProxy: flags.behindProxy,
    proxyFrom: flags.proxyFrom,
    webhooksTo: flags.webhooksTo,
    signIn: flags,
    onRestart: (role) => talk.say(`The ${role} ended unexpectedly; starting it again.`),
  });
  try {
    await sayHowToReach(farm.client, farm.url, context);
    offerInstalled(farm.client, context, signal).catch((error: Error) => {
      if (!signal.aborted) talk.complain(`Workers without Blender cannot be given one: ${error.message}`);
    });
    await new Promise<void>((stopped) => signal.addEventListener('abort', () => stopped(), { once: true }));
    talk.say('Stopping: frames under way are finished first. Press Ctrl-C again to stop at once.');
    return 0;
  } finally {
    await farm.close();
  }
}

async function sayHowToReach(client: FarmClient, url: string, context: CommandContext): Promise<void> {
  const { talk, settings } = context;
  const { code: join } = await client.call(accessRoutes.joinCode, { body: {} });
  const { code: signIn } = await client.call(farmRoutes.signInCode, {});
  const page = `${url}/#code=${signIn}`;
  talk.answer(`
${talk.bold('The farm is up.')}

  Page, on this computer:     ${page}
  Join, on another computer:  ${settings.command} join ${join}

${talk.dim('Each code works once. The join code lets one computer in, within a day: show it to nobody else.')}
${talk.dim(`For more computers: ${settings.command} join-code --uses 5`)}
${talk.dim('Ctrl-C stops the farm; what it was doing goes on when it is started again.')}`);
  talk.fact({ event: 'up', url, page, join });
}

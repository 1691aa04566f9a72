import { arch, platform } from 'node:os';
import { type FarmClient, followEvents } from '@akashganga/client';
import type { Worker } from '@akashganga/protocol';
import type { CommandContext } from '../commands/common-flags.ts';
import { needBlender } from '../roles/worker-role.ts';
import { bundleInstalled } from './bundle-installed.ts';
import { sendBuild } from './send-build.ts';

/**
 * Waits until a worker is there that could have no Blender at all, and is of this computer's platform; then hands out
 * the Blender of this computer, once. So whoever joins needs none, and nobody carries a copy that is not needed.
 * Ends early with `signal`; throws what stood in the way.
 */
export async function offerInstalled(
  client: FarmClient,
  { settings, talk }: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const needy = await firstNeedy(client, signal);
  if (needy === null) return;
  talk.say(`${needy.name} has no Blender: the farm gets a copy of the one on this computer.`);
  const { path } = await needBlender(settings);
  const build = await bundleInstalled(path, settings.environment);
  const added = await sendBuild(client, build, 'installed', talk, signal);
  talk.say(`The farm hands out Blender ${added.version} for ${added.platform} from now on.`);
}

// A worker is announced with each of its heartbeats, so those that are there already are heard of in a moment.
async function firstNeedy(client: FarmClient, signal: AbortSignal): Promise<Worker | null> {
  for await (const event of followEvents(client, { signal }))
    if (event.topic === 'worker' && isNeedy(event.worker)) return event.worker;
  return null;
}

function isNeedy(worker: Worker): boolean {
  return worker.problem?.code === 'machine.needs-build' && worker.platform === `${platform()}-${arch()}`;
}

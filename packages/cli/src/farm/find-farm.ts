import { FarmClient } from '@akashganga/client';
import { FarmError } from '@akashganga/protocol';
import type { Settings } from '../config/settings.ts';
import { readMembership, readRunningFarm } from './farm-files.ts';
import { ownKey } from './farm-key.ts';
import { whoCalls } from './who-calls.ts';

export interface FarmChoice {
  /** `--farm`. */
  readonly farm?: string | undefined;
  readonly data?: string | undefined;
}

/** The farm to talk to: the one named, the one running here, or the one joined. Null when there is none. */
export async function findFarm(settings: Settings, choice: FarmChoice): Promise<FarmClient | null> {
  const data = choice.data ?? settings.data;
  const named = choice.farm ?? settings.farm;
  if (named)
    return checked(
      new FarmClient({ by: whoCalls(), url: checkUrl(named), key: await keyFor(settings, data, named) }),
    );
  const running = await readRunningFarm(data);
  if (running && !running.temporary && isAlive(running.pid))
    return checked(
      new FarmClient({ by: whoCalls(), url: running.url, key: settings.token ?? (await ownKey(data)) }),
    );
  const member = await readMembership(data);
  return member
    ? checked(new FarmClient({ by: whoCalls(), url: member.url, key: settings.token ?? member.key }))
    : null;
}

/** Like `findFarm`, for commands that need one. Throws `farm.none`. */
export async function needFarm(settings: Settings, choice: FarmChoice): Promise<FarmClient> {
  const farm = await findFarm(settings, choice);
  if (!farm) throw new FarmError('farm.none');
  return farm;
}

async function checked(client: FarmClient): Promise<FarmClient> {
  try {
    await client.check();
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

function checkUrl(url: string): string {
  const full = url.includes('://') ? url : `http://${url}`;
  const parsed = URL.canParse(full) ? new URL(full) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new FarmError('usage.bad-flag', {
      flag: '--farm',
      value: url,
      why: 'it is not an address like http://192.168.1.5:7770',
    });
  return parsed.origin;
}

// The key of the farm this computer has or joined serves for an address that is given, too.
async function keyFor(settings: Settings, data: string, url: string): Promise<string> {
  if (settings.token) return settings.token;
  const member = await readMembership(data);
  if (member && new URL(member.url).host === new URL(checkUrl(url)).host) return member.key;
  return ownKey(data);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the farm is, for roles that wait for it rather than fail when it does not answer yet. Throws `farm.none`. */
export async function needFarmAddress(
  settings: Settings,
  choice: FarmChoice,
): Promise<{ url: string; key: string }> {
  const data = choice.data ?? settings.data;
  const named = choice.farm ?? settings.farm;
  if (named) return { url: checkUrl(named), key: await keyFor(settings, data, named) };
  const running = await readRunningFarm(data);
  if (running && isAlive(running.pid))
    return { url: running.url, key: settings.token ?? (await ownKey(data)) };
  const member = await readMembership(data);
  if (!member) throw new FarmError('farm.none');
  return { url: member.url, key: settings.token ?? member.key };
}

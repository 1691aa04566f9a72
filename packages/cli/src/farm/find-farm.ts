import { FarmClient } from '@akashganga/client';
import { FarmError, readPass, type TokenTicket } from '@akashganga/protocol';
import { isLoopback, type TlsIdentity } from '@akashganga/trust';
import type { Settings } from '../config/settings.ts';
import { type Membership, readMembership, readRunningFarm } from './farm-files.ts';
import { ownKey } from './farm-key.ts';
import { firstReachable } from './first-reachable.ts';
import { readAuthority } from './own-authority.ts';
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
  if (named) return checked(await clientFor(settings, data, checkUrl(named)));
  const pass = readPass(settings.token ?? '');
  if (pass) return checked(await clientOfPass(pass));
  const running = await readRunningFarm(data);
  if (running && !running.temporary && isAlive(running.pid))
    return checked(await clientFor(settings, data, running.url));
  const member = await readMembership(data);
  if (!member) return null;
  return checked(new FarmClient({ by: whoCalls(), ...linkOf(member, settings) }));
}

interface Link {
  readonly url: string;
  readonly key: string | null;
  readonly tls: TlsIdentity | null;
  /** Whom to trust there (PEM), when that is not what this computer trusts anyway. */
  readonly authority: string | null;
}

function linkOf({ url, authority, token }: Membership, settings: Settings): Link {
  return { url, key: settings.token ?? token, tls: { authority }, authority };
}

async function clientFor(settings: Settings, data: string, url: string): Promise<FarmClient> {
  const pass = readPass(settings.token ?? '');
  if (pass) return clientOfPass({ ...pass, urls: [url] });
  return new FarmClient({ by: whoCalls(), ...(await linkTo(settings, data, url)) });
}

/** The farm of a pass, at the first of its addresses that is that farm. */
async function clientOfPass({ urls, fingerprint, token }: TokenTicket): Promise<FarmClient> {
  const { url, authority } = await firstReachable(urls, fingerprint);
  return new FarmClient({ by: whoCalls(), url, key: token, tls: authority ? { authority } : null });
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
  const scheme = isLoopback(url.replace(/:\d+$/, '')) ? 'http' : 'https';
  const full = url.includes('://') ? url : `${scheme}://${url}`;
  const parsed = URL.canParse(full) ? new URL(full) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new FarmError('usage.bad-flag', {
      flag: '--farm',
      value: url,
      why: 'it is not an address like https://192.168.1.5:7770',
    });
  return parsed.origin;
}

// What the farm this computer has or joined is known by serves for an address that is given, too.
async function linkTo(settings: Settings, data: string, url: string): Promise<Link> {
  const member = await readMembership(data);
  if (member && new URL(member.url).host === new URL(url).host) return { ...linkOf(member, settings), url };
  const authority = (await readAuthority(data))?.certificate ?? null;
  return {
    url,
    key: settings.token ?? (await ownKey(data)),
    tls: authority ? { authority } : null,
    authority,
  };
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
export async function needFarmAddress(settings: Settings, choice: FarmChoice): Promise<Link> {
  const data = choice.data ?? settings.data;
  const named = choice.farm ?? settings.farm;
  if (named) return linkTo(settings, data, checkUrl(named));
  const running = await readRunningFarm(data);
  if (running && isAlive(running.pid)) return linkTo(settings, data, running.url);
  const member = await readMembership(data);
  if (!member) throw new FarmError('farm.none');
  return linkOf(member, settings);
}

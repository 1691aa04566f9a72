import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFolder } from '@akashganga/storage';
import { isLoopback, OwnIdentity, stayCertified } from '@akashganga/trust';
import type { Logger } from 'pino';
import type { ProxyInFront } from '../config/proxy-in-front.ts';
import type { signInWith } from '../config/sign-in-with.ts';
import { forgetRunningFarm, writeRunningFarm } from '../farm/farm-files.ts';
import { ownKey } from '../farm/farm-key.ts';
import { lanAddresses } from '../farm/lan-addresses.ts';
import { managerCertificate, ownAuthority } from '../farm/own-authority.ts';
import { publicUrl } from '../farm/role-farm.ts';
import type { ShownCertificate } from '../farm/shown-certificate.ts';
import type { RunningRole } from './run-role.ts';

export interface ManagerRoleOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly address: string | null;
  readonly databaseUrl: string | null;
  readonly temporary: boolean;
  /** What browsers are shown instead of the farm's own certificate. */
  readonly shown: ShownCertificate | null;
  readonly proxy: ProxyInFront | null;
  readonly signInWith: Awaited<ReturnType<typeof signInWith>>;
  /** Minutes. */
  readonly framesPatience: number;
  /** Addresses that notices may go to besides public ones. */
  readonly webhooksTo: readonly string[];
}

export async function startManagerRole(options: ManagerRoleOptions): Promise<RunningRole> {
  const { data, host, port, address, databaseUrl, temporary } = options;
  const folder = join(data, 'manager');
  const lock = await lockFolder(folder, 'manager');
  const { keepHeapSmall, startManager } = await import('@akashganga/manager');
  keepHeapSmall();
  const { roleLog } = await import('./role-log.ts');
  const log = roleLog(data, 'manager');
  const trust = temporary ? null : await trustOf(options, log);
  tellChanges(options.shown, log);
  const key = await ownKey(data);
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const manager = await startManager({
    folder,
    host,
    port,
    key,
    trust,
    urls: (actual) => (address ? [publicUrl(address, actual, false)] : addressesFor(host, actual)),
    databaseUrl,
    pageFolder: pageFolder(),
    log,
    webhooksTo: options.webhooksTo,
    signInWith: options.signInWith,
    framesPatienceMs: options.framesPatience * 60_000,
    onFatal: (error) => {
      log.fatal({ error }, 'the manager ends');
      end();
    },
  });
  const url = reachedHere(host, manager.port);
  await writeRunningFarm(data, { url, pid: process.pid, temporary });
  const close = async () => {
    trust?.renewal.close();
    options.shown?.close();
    await forgetRunningFarm(data);
    await manager.close();
  };
  return { url, ended, close, lock };
}

/** How this computer's own programs reach it: plainly, unless it listens on an address of the network only. */
export function reachedHere(host: string, port: number): string {
  const own = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${isLoopback(own) ? 'http' : 'https'}://${own.includes(':') ? `[${own}]` : own}:${port}`;
}

function addressesFor(host: string, port: number): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [`https://${host}:${port}`];
  return [...lanAddresses(), '127.0.0.1'].map((one) => `https://${one}:${port}`);
}

/** Says in the log when another certificate is shown, or would have been. */
export function tellChanges(shown: ShownCertificate | null, log: Logger): void {
  shown?.onChange((error) => {
    if (error)
      log.warn({ error }, 'the files of the certificate hold no pair; the one before is shown still');
    else log.info('browsers are shown another certificate');
  });
}

/** Its certificate names all by which this computer may be reached, so that browsers complain of nothing but its issuer. */
async function trustOf({ data, host, address, shown, proxy }: ManagerRoleOptions, log: Logger) {
  const authority = await ownAuthority(data);
  const named = address ? new URL(publicUrl(address, 1, false)).hostname.replace(/^\[|\]$/g, '') : host;
  const isAny = named === '0.0.0.0' || named === '::';
  const names = [
    ...new Set([...(isAny ? [] : [named]), ...lanAddresses(), '127.0.0.1', 'localhost', hostname()]),
  ];
  const renew = () => managerCertificate(data, authority, names);
  const identity = new OwnIdentity(authority.certificate, await renew());
  const renewal = stayCertified({ identity, names, renew, now: Date.now, log });
  const tls = {
    ...{ authority: authority.certificate, own: () => identity.certified, isProxy: proxy?.isProxy ?? null },
    shown: shown && (() => shown.certified),
    names: [named, ...(proxy ? [new URL(proxy.url).hostname] : [])],
  };
  return { authority, tls, renewal };
}

/** The built page of the monitor, or null where that package was not installed. */
export function pageFolder(): string | null {
  try {
    return join(fileURLToPath(import.meta.resolve('@akashganga/monitor/package.json')), '..', 'dist');
  } catch {
    return null;
  }
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFolder } from '@akashganga/storage';
import { forgetRunningFarm, writeRunningFarm } from '../farm/farm-files.ts';
import { lanAddresses } from '../farm/lan-addresses.ts';
import { roleLog } from './role-log.ts';
import type { RunningRole } from './run-role.ts';

export interface ManagerRoleOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly address: string | null;
  readonly databaseUrl: string | null;
  readonly temporary: boolean;
}

export async function startManagerRole(options: ManagerRoleOptions): Promise<RunningRole> {
  const { data, host, port, key, address, databaseUrl, temporary } = options;
  const folder = join(data, 'manager');
  const lock = await lockFolder(folder, 'manager');
  const { startManager } = await import('@akashganga/manager');
  const log = roleLog(data, 'manager');
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const manager = await startManager({
    folder,
    host,
    port,
    key,
    urls: (actual) => (address ? [withPort(address, actual)] : addressesFor(host, actual)),
    databaseUrl,
    pageFolder: pageFolder(),
    log,
    onFatal: (error) => {
      log.fatal({ error }, 'the manager ends');
      end();
    },
  });
  const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${manager.port}`;
  await writeRunningFarm(data, { url, pid: process.pid, temporary });
  const close = async () => {
    await forgetRunningFarm(data);
    await manager.close();
  };
  return { url, ended, close, lock };
}

function addressesFor(host: string, port: number): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [`http://${host}:${port}`];
  return [...lanAddresses(), '127.0.0.1'].map((one) => `http://${one}:${port}`);
}

/** A base URL from what people give as `--address`: a host, or a URL of their own. */
export function withPort(address: string, port: number): string {
  return address.includes('://') ? address.replace(/\/+$/, '') : `http://${address}:${port}`;
}

/** The built page of the monitor, or null where that package was not installed. */
export function pageFolder(): string | null {
  try {
    return join(fileURLToPath(import.meta.resolve('@akashganga/monitor/package.json')), '..', 'dist');
  } catch {
    return null;
  }
}

import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { FarmClient } from '@akashganga/client';
import { FarmError } from '@akashganga/protocol';
import type { Settings } from '../config/settings.ts';
import { type SignInFlags, signInArgs } from '../config/sign-in-with.ts';
import { ownKey } from '../farm/farm-key.ts';
import { ownAuthority } from '../farm/own-authority.ts';
import { whoCalls } from '../farm/who-calls.ts';
import { ChildRole } from './child-role.ts';
import { reachedHere } from './manager-role.ts';
import { defaultSlots } from './worker-slots.ts';

export interface OwnFarmOptions {
  readonly settings: Settings;
  readonly data: string;
  readonly host: string;
  /** Null and 0 take free ones. */
  readonly port: number | null;
  readonly framesPort: number | null;
  readonly address: string | null;
  readonly workers: number;
  readonly slots: number | null;
  readonly temporary: boolean;
  /** Passed on to the manager. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly behindProxy?: string | undefined;
  readonly proxyFrom?: string | undefined;
  readonly webhooksTo?: string | undefined;
  readonly signIn?: SignInFlags;
  readonly onRestart?: (role: string) => void;
}

interface OwnLink {
  readonly url: string;
  readonly key: string;
  /** PEM; null for a farm of one command. */
  readonly authority: string | null;
}

/** A whole farm on this computer: each role in a process of its own, all in one process tree. */
export class OwnFarm {
  readonly url: string;
  readonly client: FarmClient;
  readonly key: string;
  readonly #manager: ChildRole;
  readonly #others: readonly ChildRole[];

  constructor({ url, key, authority }: OwnLink, manager: ChildRole, others: readonly ChildRole[]) {
    this.url = url;
    this.key = key;
    this.client = new FarmClient({ url, key, tls: authority ? { authority } : null, by: whoCalls() });
    this.#manager = manager;
    this.#others = others;
  }

  /** Starts all roles at once; resolves when the manager serves. The others join as soon as they can. */
  static async start(options: OwnFarmOptions): Promise<OwnFarm> {
    // The first start makes both; the roles must not race for it.
    const authority = options.temporary ? null : await ownAuthority(options.data);
    const key = await ownKey(options.data);
    const port = options.port || (await freePort());
    const url = reachedHere(options.host, port);
    const manager = child(options, managerArgs(options, port));
    const others = [
      child(options, framesArgs(options, url)),
      ...workerArgs(options, url).map((args) => child(options, args)),
    ];
    const farm = new OwnFarm({ url, key, authority: authority?.certificate ?? null }, manager, others);
    try {
      const joined = Promise.all(others.map((role) => role.start().catch(withFlagOfFarm(role))));
      joined.catch(() => undefined);
      // Its complaint comes first: where its port is taken, the others meet whatever has the port.
      await manager.start();
      await joined;
      return farm;
    } catch (error) {
      await farm.close({ now: true });
      throw error;
    }
  }

  async close(options: { now?: boolean } = {}): Promise<void> {
    await this.client.close();
    // Workers first, so that what they still deliver is heard.
    await Promise.all(this.#others.map((role) => role.close(options)));
    await this.#manager.close(options);
  }
}

// The frame server's own flag for its port is --port; in a whole farm that is the manager's.
function withFlagOfFarm(role: ChildRole): (error: unknown) => never {
  return (error) => {
    if (role.role !== 'frames' || !(error instanceof FarmError) || error.code !== 'machine.port-in-use')
      throw error;
    throw new FarmError(
      error.code,
      {},
      { cause: error, says: error.says.replace('--port', '--frames-port') },
    );
  };
}

function child(options: OwnFarmOptions, args: string[]): ChildRole {
  const { environment } = options.settings;
  return new ChildRole({ args, environment, ...(options.onRestart ? { onRestart: options.onRestart } : {}) });
}

function managerArgs(options: OwnFarmOptions, port: number): string[] {
  const args = ['manager', '--data', options.data, '--host', options.host, '--port', String(port)];
  if (options.address) args.push('--address', options.address);
  if (options.temporary) args.push('--temporary');
  if (options.tlsCert) args.push('--tls-cert', options.tlsCert);
  if (options.tlsKey) args.push('--tls-key', options.tlsKey);
  if (options.webhooksTo) args.push('--webhooks-to', options.webhooksTo);
  if (options.behindProxy) args.push('--behind-proxy', options.behindProxy);
  if (options.proxyFrom) args.push('--proxy-from', options.proxyFrom);
  args.push(...signInArgs(options.signIn ?? {}));
  return args;
}

function framesArgs(options: OwnFarmOptions, url: string): string[] {
  return [
    'frames',
    '--data',
    options.data,
    '--host',
    options.host,
    '--port',
    String(options.framesPort ?? 0),
    '--farm',
    url,
  ];
}

// Several workers on one computer share its cores.
function workerArgs(options: OwnFarmOptions, url: string): string[][] {
  const cores = Math.max(1, Math.floor(availableParallelism() / Math.max(1, options.workers)));
  const slots =
    options.slots ?? (options.workers === 1 ? null : defaultSlots(cores, Number.POSITIVE_INFINITY));
  return Array.from({ length: options.workers }, (_, index) => {
    const args = ['worker', '--data', options.data, '--farm', url, '--number', String(index + 1)];
    args.push('--host', options.host, '--no-measure');
    if (slots !== null)
      args.push('--slots', String(slots), '--threads', String(Math.max(1, Math.floor(cores / slots))));
    return args;
  });
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => found(port));
    });
  });
}

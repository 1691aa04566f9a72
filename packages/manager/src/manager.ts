import { join } from 'node:path';
import { FarmError } from '@akashganga/protocol';
import { localKeeper } from '@akashganga/storage';
import { type Certified, type OpenPort, openPort, type PortTls } from '@akashganga/trust';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { SignInService, type SignInWith } from './access/sign-in/sign-in-service.ts';
import { WhoIsWho } from './access/who-is-who.ts';
import { Announcer } from './announce/announcer.ts';
import { blobCounter } from './blobs/blob-count.ts';
import { blobSources } from './blobs/blob-sources.ts';
import { sweepBlobs } from './blobs/sweep-blobs.ts';
import { WorkerReach } from './blobs/worker-reach.ts';
import { drawId, Farm } from './farm/farm.ts';
import { makeApp } from './http/app.ts';
import { frameLink } from './http/relay.ts';
import { CALLER_LIMITS, type CallerLimits, Turnstile } from './limits/turnstile.ts';
import { LiveLogs } from './live-log/live-logs.ts';
import { FarmMeter } from './meter/farm-meter.ts';
import { type MayReach, mayReachBeside } from './notify/may-reach.ts';
import { Notifier } from './notify/notifier.ts';
import { putAccess, readAccess } from './record/access-rows.ts';
import { Database } from './record/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './record/embedded-postgres.ts';
import { minuteStore } from './record/minute-store.ts';
import { postingStore } from './record/posting-store.ts';
import { readManifests } from './record/read-manifests.ts';
import { type FarmState, step } from './schedule/index.ts';

export interface ManagerOptions {
  /** The manager's data folder; it must be this process's alone. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** The farm's own key: whoever has it is the farm's owner. */
  readonly key: string;
  /** How other computers are answered, and what signs the certificates of those that join. Null: not at all. */
  readonly trust: { readonly authority: Certified; readonly tls: PortTls } | null;
  /** Where other computers reach this manager, given the port it got. */
  readonly urls: (port: number) => readonly string[];
  /** A PostgreSQL of one's own; null starts the embedded one in the data folder. */
  readonly databaseUrl: string | null;
  readonly pageFolder: string | null;
  /** A frame server that has not answered for so long is given up, if there is another. Milliseconds; ten minutes. */
  readonly framesPatienceMs?: number;
  /** How much each caller may do at a time; the usual ones are far above what our programs need. */
  readonly callerLimits?: CallerLimits;
  /** Addresses that notices may go to besides public ones, as `192.168.1.0/24`. */
  readonly webhooksTo?: readonly string[];
  /** A service at which people may sign in, beside tokens. */
  readonly signInWith?: SignInWith | null;
  readonly log: Logger;
  /** Called once when the manager cannot go on and its process should end. */
  readonly onFatal: (error: unknown) => void;
}

/** A manager that serves. Throws what its parts throw: `machine.port-in-use`, `machine.database-failed`, … */
export async function startManager(options: ManagerOptions): Promise<Manager> {
  const { log } = options;
  const mayReach = mayReachBeside(options.webhooksTo ?? []);
  const postgres = options.databaseUrl === null ? await startEmbeddedPostgres(options.folder, log) : null;
  const database = new Database(postgres?.connection ?? { connectionString: options.databaseUrl ?? '' }, log);
  const manager = new Manager(options, postgres, database, mayReach);
  try {
    await manager.listen();
    await manager.lead();
    return manager;
  } catch (error) {
    await manager.close();
    throw error;
  }
}

/** How it shows members who it is, as that is at each moment: certificates are renewed. */
function shownBy({ authority, tls }: { authority: Certified; tls: PortTls }) {
  return {
    authority: authority.certificate,
    get certificate() {
      return tls.own().certificate;
    },
    get key() {
      return tls.own().key;
    },
  };
}

/** Blobs that no job and no build needs are kept this long after they were sent or asked after. */
const BLOB_GRACE_MS = 24 * 60 * 60_000;
const SWEEP_MS = 60 * 60_000;
/** How often all slots are looked at, to tell later how busy they were. */
const SAMPLE_MS = 5000;
const SILENT_MS = 180_000;

export class Manager {
  readonly #options: ManagerOptions;
  readonly #postgres: EmbeddedPostgres | null;
  readonly #database: Database;
  readonly #who: WhoIsWho;
  readonly #mayReach: MayReach;
  #open: OpenPort | null = null;
  #farm: Farm | null = null;
  #announcer: Announcer | null = null;
  #notifier: Notifier | null = null;
  #meter: FarmMeter | null = null;
  /** What is done again and again while it leads. */
  #clocks: NodeJS.Timeout[] = [];
  port = 0;

  constructor(
    options: ManagerOptions,
    postgres: EmbeddedPostgres | null,
    database: Database,
    mayReach: MayReach,
  ) {
    this.#options = options;
    this.#postgres = postgres;
    this.#database = database;
    this.#mayReach = mayReach;
    this.#who = new WhoIsWho({
      authority: options.trust?.authority ?? null,
      read: () => readAccess(database.reads),
      write: (rows) => database.transaction((client) => putAccess(client, rows)),
      now: () => Date.now(),
    });
  }

  async listen(): Promise<void> {
    const { host, port, key, urls, pageFolder, log, folder, trust, signInWith } = this.#options;
    const blobs = localKeeper(join(folder, 'blobs'), { touchAfter: BLOB_GRACE_MS / 24 });
    const app = makeApp({
      farm: () => this.#farm,
      announcer: () => this.#announcer,
      notifier: () => this.#notifier,
      meter: () => this.#meter,
      liveLogs: new LiveLogs(() => Date.now()),
      mayReach: this.#mayReach,
      startAnew: (work) => this.startAnew(work),
      database: this.#database,
      ...{ blobs, folder, countBlobs: blobCounter(join(folder, 'blobs'), Date.now) },
      reach: new WorkerReach(blobs),
      sources: blobSources(drawId(8), Math.random),
      key,
      who: this.#who,
      signIn: signInWith ? new SignInService(signInWith, () => Date.now()) : null,
      turnstile: new Turnstile(this.#options.callerLimits ?? CALLER_LIMITS, () => performance.now()),
      isProxy: trust?.tls.isProxy ?? (() => false),
      authority: trust?.authority ?? null,
      frames: frameLink(key, trust && shownBy(trust)),
      urls: () => urls(this.port),
      pageFolder,
      log,
    });
    this.#open = await openPort({
      ...{ host, port, tls: trust?.tls ?? null, handler: getRequestListener(app.fetch) },
      tune: (server) => {
        server.keepAliveTimeout = 65_000;
        // Of a connection on which nothing moves: a reader that reads nothing. Answers that are made first take less.
        server.setTimeout(SILENT_MS);
      },
    });
    this.port = this.#open.port;
  }

  /** Waits until no other manager leads the farm, reads it back and goes on with it. */
  async lead(): Promise<void> {
    const { log, onFatal } = this.#options;
    const boot = drawId(8);
    const loaded = await this.#database.lead(`l${boot}`, Date.now(), () =>
      log.info('another manager leads this farm; standing by'),
    );
    loaded.state.patienceMs = this.#options.framesPatienceMs ?? loaded.state.patienceMs;
    const announcer = new Announcer(loaded.state, boot);
    const notifier = this.#notifierOf(loaded);
    const meter = this.#meterOf(loaded.state);
    const farm = new Farm(loaded, {
      ...{ database: this.#database, log, step, now: () => Date.now() },
      announcer: {
        take: (outcome) => {
          announcer.take(outcome);
          meter.take(outcome.facts);
          if (outcome.hasNotice) notifier.wake();
        },
      },
    });
    this.#announcer = announcer;
    this.#notifier = notifier;
    this.#meter = meter;
    farm.onFatal = onFatal;
    await this.#who.load();
    this.#farm = farm;
    notifier.wake();
    this.#clocks = [
      setInterval(() => farm.tell({ kind: 'tick' }), 1000),
      setInterval(() => meter.sample(), SAMPLE_MS),
      setInterval(() => this.#sweep(), SWEEP_MS),
    ];
  }

  #meterOf(state: FarmState): FarmMeter {
    const store = minuteStore(this.#database.reads);
    return new FarmMeter({ state, store, now: () => Date.now(), log: this.#options.log });
  }

  #notifierOf(farm: { id: string; name: string }): Notifier {
    return new Notifier({
      store: postingStore(this.#database),
      farm: { id: farm.id, name: farm.name },
      mayReach: this.#mayReach,
      now: () => Date.now(),
      log: this.#options.log,
    });
  }

  /**
   * Stops deciding while `work` changes the database under the farm, then reads the farm anew. Otherwise
   * what is decided meanwhile would be written into a farm that is no longer the one it was decided for.
   * Throws `farm.standing-by` while that is being done for somebody else.
   */
  async startAnew(work: () => Promise<void>): Promise<void> {
    if (!this.#farm) throw new FarmError('farm.standing-by');
    await this.#leave();
    try {
      await work();
    } finally {
      await this.#database.yieldLead();
      await this.lead();
    }
  }

  #sweep(): void {
    const { folder, log } = this.#options;
    const swept = readManifests(this.#database.reads).then((manifests) =>
      sweepBlobs({ folder: join(folder, 'blobs'), manifests, now: Date.now(), grace: BLOB_GRACE_MS }),
    );
    swept.then(
      (what) => log.info(what, 'blobs that nothing needs were deleted'),
      (error: unknown) => log.warn({ error }, 'the blobs could not be swept'),
    );
  }

  async #leave(): Promise<void> {
    for (const clock of this.#clocks.splice(0)) clearInterval(clock);
    const farm = this.#farm;
    this.#farm = null;
    this.#who.forget();
    await farm?.close();
    await this.#notifier?.close();
    this.#notifier = null;
    this.#announcer?.close();
    this.#announcer = null;
    await this.#meter?.close();
    this.#meter = null;
  }

  async close(): Promise<void> {
    await this.#leave();
    await this.#open?.close();
    await this.#database.close();
    await this.#postgres?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FarmError } from '@akashganga/protocol';
import { errorFromMessage, RoleMessage } from './run-role.ts';

const program = fileURLToPath(new URL('../main.js', import.meta.url));

export interface ChildRoleOptions {
  /** The command line of the role: `['manager', '--port', '7770', …]`. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called when the role died and is started again. */
  readonly onRestart?: (role: string) => void;
}

/** A role in a process of its own, started again whenever it dies, and gone when this process is. */
export class ChildRole {
  readonly role: string;
  readonly #options: ChildRoleOptions;
  #child: ChildProcess | null = null;
  #closing = false;
  url: string | null = null;

  constructor(options: ChildRoleOptions) {
    this.#options = options;
    this.role = options.args[0] ?? '';
  }

  /** Starts it; resolves when it is ready. Throws what kept it from starting. */
  async start(): Promise<void> {
    const { args, environment } = this.#options;
    // The channel is the life line: the role ends when it breaks.
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: environment as NodeJS.ProcessEnv,
    });
    this.#child = child;
    this.url = await ready(child, this.role);
    child.once('close', () => {
      if (!this.#closing && this.#child === child) this.#restart().catch(() => undefined);
    });
  }

  async #restart(): Promise<void> {
    for (let wait = 200; !this.#closing; wait = Math.min(wait * 2, 10_000)) {
      this.#options.onRestart?.(this.role);
      await sleep(wait);
      try {
        if (!this.#closing) return await this.start();
      } catch {
        // What it complains of is in its log; the next try may find the cause gone.
      }
    }
  }

  /** Stops it: kindly unless `now`, by force after `patience` ms. */
  async close(options: { now?: boolean; patience?: number } = {}): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((done) => child.once('close', done));
    if (options.now && child.connected) child.send('stop-now', () => undefined);
    else child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), options.patience ?? 20_000);
    await closed;
    clearTimeout(force);
  }
}

function ready(child: ChildProcess, role: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const parsed = RoleMessage.safeParse(message);
      if (!parsed.success) return;
      if (parsed.data.event === 'ready') resolve(parsed.data.url);
      else reject(errorFromMessage(parsed.data));
    });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      reject(
        new FarmError(
          'farm.internal',
          {},
          { says: `The ${role} ended before it was ready (${signal ?? `exit ${code}`}).` },
        ),
      ),
    );
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { showFake } from './show-fake.ts';

const program = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

export const fakeBlender = fileURLToPath(
  new URL('../../fakes/fake-blender/fake-blender.mjs', import.meta.url),
);

export type Line = { readonly event?: string } & Readonly<Record<string, unknown>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Ended {
  /** The exit code, or the signal. */
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
  /** What was on stdout, a JSON object a line. */
  readonly lines: readonly Line[];
  readonly last: Line;
}

/** `akashganga …`, running. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #lines: Line[] = [];
  readonly #waiting = new Set<() => void>();
  #isOver = false;
  #stdout = '';
  #stderr = '';

  /** `before` is a command that runs the one after it, elsewhere for instance. */
  constructor(
    args: readonly string[],
    environment: Environment = {},
    folder?: string,
    before: readonly string[] = [],
  ) {
    const [first = '', ...rest] = [...before, process.execPath, program, ...args];
    this.child = spawn(first, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment(environment),
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = this.#end();
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first line that `matches`, waited for. Throws when the command ends without it. */
  async line(matches: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.#lines.find(matches);
      if (found) return found;
      if (this.#isOver) throw new Error(`it ended without that line:\n${this.#stdout}\n${this.#stderr}`);
      await new Promise<void>((next) => this.#waiting.add(next));
    }
  }

  event(name: string): Promise<Line> {
    return this.line((line) => line.event === name);
  }

  /** Sends a signal to this one process and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  /** As by `kill -9`, or by a cut of power. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  async #end(): Promise<Ended> {
    const [code, signal] = (await once(this.child, 'close')) as [number | null, NodeJS.Signals | null];
    this.#isOver = true;
    this.#wake();
    const lines = this.#lines;
    const last = lines.at(-1) ?? {};
    return { code: signal ?? code ?? -1, stdout: this.#stdout, stderr: this.#stderr, lines, last };
  }

  #hear(text: string): void {
    const before = this.#stdout.lastIndexOf('\n') + 1;
    this.#stdout += text;
    const end = this.#stdout.lastIndexOf('\n') + 1;
    for (const line of this.#stdout.slice(before, end).split('\n')) {
      const parsed = parseLine(line);
      if (parsed) this.#lines.push(parsed);
    }
    this.#wake();
  }

  #wake(): void {
    for (const next of this.#waiting) next();
    this.#waiting.clear();
  }
}

/** Runs `akashganga …` to its end. */
export function akashganga(
  args: readonly string[],
  environment: Environment = {},
  folder?: string,
): Promise<Ended> {
  return new Command(args, environment, folder).ended;
}

// What the computer of the test happens to have set must not choose another farm or another database.
function cleanEnvironment(more: Environment): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(AKASHGANGA_(FARM|TOKEN|DATA|COMMAND)|DATABASE_URL|FAKE_BLENDER_.*|VITEST.*|NODE_OPTIONS)$/.test(
        name,
      ),
  );
  const named = { ...Object.fromEntries(own), ...more };
  const all = { ...showFake(fakeBlender, named), ...named };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function parseLine(line: string): Line | null {
  if (line.trim() === '') return null;
  try {
    return JSON.parse(line) as Line;
  } catch {
    return null;
  }
}

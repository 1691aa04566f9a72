import type { Settings } from '../config/settings.ts';

/**
 * What the command says. With `--json` one object a line goes to stdout and people's words to stderr;
 * without it people's words go to stdout.
 */
export class Talk {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #settings: Settings;
  #line = '';

  constructor(settings: Settings, options: { json?: boolean | undefined; quiet?: boolean | undefined }) {
    this.#settings = settings;
    this.json = options.json ?? false;
    this.quiet = options.quiet ?? false;
  }

  /** A sentence for people. */
  say(text: string): void {
    if (this.quiet) return;
    this.#clearLine();
    (this.json ? process.stderr : process.stdout).write(`${text}\n`);
  }

  /** What was asked for: also said when quiet. */
  answer(text: string): void {
    if (this.json) return;
    this.#clearLine();
    process.stdout.write(`${text}\n`);
  }

  /** One fact for a program. */
  fact(value: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  complain(text: string): void {
    this.#clearLine();
    process.stderr.write(`${text}\n`);
  }

  get draws(): boolean {
    return Boolean(process.stderr.isTTY) && !this.quiet && this.#settings.environment.TERM !== 'dumb';
  }

  get width(): number {
    return process.stderr.columns ?? 80;
  }

  /** Draws one line in the place of the last one; only on a terminal. */
  draw(text: string): void {
    if (!this.draws) return;
    process.stderr.write(`\r\x1b[2K${text}`);
    this.#line = text;
  }

  #clearLine(): void {
    if (this.#line !== '') process.stderr.write('\r\x1b[2K');
    this.#line = '';
  }

  bold(text: string): string {
    return this.#settings.colour ? `\x1b[1m${text}\x1b[0m` : text;
  }

  dim(text: string): string {
    return this.#settings.colour ? `\x1b[2m${text}\x1b[0m` : text;
  }
}

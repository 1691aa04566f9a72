#!/usr/bin/env node
// The akashganga command: reads the environment, runs one subcommand, turns problems into sentences and exit codes.
import { exitCode, FarmError, type ProblemCode } from '@akashganga/protocol';
import { CommanderError } from 'commander';
import { readSettings } from './config/settings.ts';
import { whenUnheard } from './output/when-unheard.ts';
import { makeProgram } from './program.ts';

const INTERRUPTED = 130;
const WRONG_USAGE = 2;

const interrupt = new AbortController();
const onSignal = () => {
  // The second time nobody waits for a kind end.
  if (interrupt.signal.aborted) process.exit(INTERRUPTED);
  interrupt.abort(new DOMException('interrupted', 'AbortError'));
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

let isRole = false;
whenUnheard([process.stdout, process.stderr], () => {
  // A role works for others, whoever reads what it says.
  if (!isRole) interrupt.abort(new DOMException('nobody listens', 'AbortError'));
});

let exit = 0;
const program = makeProgram({
  settings: readSettings(process.env, Boolean(process.stdout.isTTY)),
  signal: interrupt.signal,
  takeSignals: () => {
    isRole = true;
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  },
  exit: (code) => {
    exit = code;
  },
});
for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
  command.exitOverride().configureOutput({ outputError: (text, write) => write(`${sentence(text)}\n`) });

try {
  await program.parseAsync(process.argv);
} catch (error) {
  exit = codeFor(error);
}
process.exit(exit);

function codeFor(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander has said it to people already.
    tellProgram('usage.bad-flag', sentence(error.message));
    return WRONG_USAGE;
  }
  if (interrupt.signal.aborted) return INTERRUPTED;
  const code = error instanceof FarmError ? error.code : 'farm.internal';
  const says =
    error instanceof FarmError
      ? error.says
      : `Something went wrong: ${error instanceof Error ? error.stack : error}`;
  process.stderr.write(`${says}\n`);
  tellProgram(code, says);
  return exitCode(code);
}

/** Commander's `error: unknown option '--x'` as a sentence. */
function sentence(text: string): string {
  const words = text.trim().replace(/^error: /, '');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.?!)]$/.test(words) ? '' : '.'}`;
}

function tellProgram(code: ProblemCode, says: string): void {
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ event: 'failed', code, says })}\n`);
}

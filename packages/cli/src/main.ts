#!/usr/bin/env node
// The akashganga command: reads the environment, runs one subcommand, turns problems into sentences and exit codes.
import { exitCode, FarmError } from '@akashganga/protocol';
import { CommanderError } from 'commander';
import { readSettings } from './config/settings.ts';
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

let exit = 0;
const program = makeProgram({
  settings: readSettings(process.env, Boolean(process.stdout.isTTY)),
  signal: interrupt.signal,
  takeSignals: () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  },
  exit: (code) => {
    exit = code;
  },
});
for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
  command.exitOverride();

try {
  await program.parseAsync(process.argv);
} catch (error) {
  exit = codeFor(error);
}
process.exit(exit);

function codeFor(error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (interrupt.signal.aborted) return INTERRUPTED;
  const code = error instanceof FarmError ? error.code : 'farm.internal';
  const says =
    error instanceof FarmError
      ? error.says
      : `Something went wrong: ${error instanceof Error ? error.stack : error}`;
  process.stderr.write(`${says}\n`);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ event: 'failed', code, says })}\n`);
  return exitCode(code);
}

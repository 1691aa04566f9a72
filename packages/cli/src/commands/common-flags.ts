import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Settings } from '../config/settings.ts';
import { Talk } from '../output/talk.ts';

export interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
  readonly farm?: string;
}

/** The flags every command has. */
export function withCommonFlags(command: Command): Command {
  return command
    .option('--json', 'one JSON object per line on stdout, words for people on stderr')
    .option('--quiet', 'say only what was asked for')
    .option('--data <dir>', "the data folder (default: the platform's)", (folder) => resolve(folder))
    .option('--farm <url>', 'the farm to talk to');
}

export interface CommandContext {
  readonly settings: Settings;
  readonly talk: Talk;
  readonly data: string;
  readonly flags: CommonFlags;
}

export function contextOf(settings: Settings, flags: CommonFlags): CommandContext {
  return { settings, talk: new Talk(settings, flags), data: flags.data ?? settings.data, flags };
}

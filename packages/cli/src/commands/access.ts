import type { FarmClient } from '@akashganga/client';
import { accessRoutes, FarmError, type TokenRole } from '@akashganga/protocol';
import type { Command } from 'commander';
import { plain, tableText } from '../output/words.ts';
import type { OnFarm } from '../program.ts';
import { type CommandContext, type CommonFlags, withCommonFlags } from './common-flags.ts';
import { wholeFrom } from './job-flags.ts';
import { lifetime } from './lifetime.ts';

interface CodeFlags extends CommonFlags {
  readonly for: 'worker' | 'frames';
  readonly uses: number;
  readonly expires: number;
  readonly rendersOnly?: boolean;
}

interface TokenFlags extends CommonFlags {
  readonly role: TokenRole;
  readonly name: string;
  readonly expires?: number;
  readonly allJobs?: boolean;
}

/** Who may join, who has joined, and who may do what. */
export function addAccess(program: Command, onFarm: OnFarm): void {
  // Not subcommands: those would have to share their flags with the command above them.
  withCommonFlags(program.command('join-code').argument('[list|revoke]').argument('[id]'))
    .description('make a code with which other computers join; `list` and `revoke ID` for those there are')
    .option(
      '--for <role>',
      'what they become: worker or frames',
      oneOf('--for', ['worker', 'frames']),
      'worker',
    )
    .option('--uses <n>', 'how many computers may join with it', wholeFrom(1), 1)
    .option('--expires <time>', 'until when, as 30m, 2h or 7d', lifetime, lifetime('24h'))
    .option('--renders-only', 'people on those computers cannot submit jobs')
    .action((what: string | undefined, id: string | undefined, flags: CodeFlags) =>
      onFarm(flags, (client, context) => {
        if (what === undefined) return makeCode(client, flags, context);
        if (what === 'list') return listCodes(client, context);
        if (what === 'revoke' && id !== undefined) return revokeCode(client, id, context);
        const why = 'it is nothing, list, or revoke and an id';
        throw new FarmError('usage.bad-flag', { flag: 'join-code', value: what, why });
      }),
    );
  addMembers(program, onFarm);
  addTokens(program, onFarm);
}

function addMembers(program: Command, onFarm: OnFarm): void {
  const members = program.command('member').description('the computers that joined');
  withCommonFlags(members.command('list'))
    .description('the computers that joined')
    .action((flags: CommonFlags) => onFarm(flags, listMembers));
  withCommonFlags(members.command('revoke').argument('<id>'))
    .description('shut a computer out')
    .action((id: string, flags: CommonFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const member = await client.call(accessRoutes.revokeMember, { params: { id } });
        talk.fact(member);
        talk.answer(`${plain(member.name)} is shut out.`);
      }),
    );
}

function addTokens(program: Command, onFarm: OnFarm): void {
  const tokens = program.command('token').description('what people and their programs show the farm');
  withCommonFlags(tokens.command('add'))
    .description('make a token for somebody')
    .requiredOption(
      '--role <role>',
      'admin, artist or viewer',
      oneOf('--role', ['admin', 'artist', 'viewer']),
    )
    .requiredOption('--name <name>', 'whose it is')
    .option('--expires <time>', 'until when, as 30m, 2h or 7d; else until it is revoked', lifetime)
    .option('--all-jobs', 'an artist who may change the jobs of others, too')
    .action((flags: TokenFlags) => onFarm(flags, (client, context) => addToken(client, flags, context)));
  withCommonFlags(tokens.command('list'))
    .description('the tokens, without their text')
    .action((flags: CommonFlags) => onFarm(flags, listTokens));
  withCommonFlags(tokens.command('revoke').argument('<id>'))
    .description('let nobody in with a token any more')
    .action((id: string, flags: CommonFlags) =>
      onFarm(flags, async (client, { talk }) => {
        const token = await client.call(accessRoutes.revokeToken, { params: { id } });
        talk.fact(token);
        talk.answer(`The token of ${plain(token.name)} is worth nothing any more.`);
      }),
    );
}

async function makeCode(
  client: FarmClient,
  flags: CodeFlags,
  { talk, settings }: CommandContext,
): Promise<void> {
  const made = await client.call(accessRoutes.joinCode, {
    body: {
      ...{ for: flags.for, uses: flags.uses, expiresSeconds: flags.expires },
      rendersOnly: flags.rendersOnly ?? false,
    },
  });
  const command = flags.for === 'worker' ? 'join' : 'frames --join';
  const computers = made.uses === 1 ? 'one computer' : `${made.uses} computers`;
  talk.say(`Lets ${computers} in until ${when(made.expiresAt)} UTC:`);
  talk.answer(`${settings.command} ${command} ${made.code}`);
  talk.fact(made);
}

async function revokeCode(client: FarmClient, id: string, { talk }: CommandContext): Promise<void> {
  talk.fact(await client.call(accessRoutes.revokeJoinCode, { params: { id } }));
  talk.answer(`Nobody joins with ${id} any more. Who has joined stays; see \`member list\`.`);
}

async function listCodes(client: FarmClient, { talk }: CommandContext): Promise<void> {
  const { joinCodes } = await client.call(accessRoutes.joinCodes, {});
  for (const code of joinCodes) talk.fact(code);
  if (joinCodes.length === 0) return talk.answer('There are no join codes.');
  const rows = joinCodes.map((code) => [
    code.id,
    code.for,
    `${code.used} of ${code.uses}`,
    when(code.expiresAt),
    plain(code.createdBy),
    code.revokedAt === null ? '' : `revoked ${when(code.revokedAt)}`,
  ]);
  talk.answer(tableText([['ID', 'FOR', 'USED', 'UNTIL (UTC)', 'MADE BY', ''], ...rows]));
}

async function listMembers(client: FarmClient, { talk }: CommandContext): Promise<void> {
  const { members } = await client.call(accessRoutes.members, {});
  for (const member of members) talk.fact(member);
  if (members.length === 0) return talk.answer('No other computer has joined.');
  const rows = members.map((member) => [
    member.id,
    member.role,
    plain(member.name),
    when(member.joinedAt),
    member.revokedAt === null ? '' : `shut out ${when(member.revokedAt)}`,
  ]);
  talk.answer(tableText([['ID', 'ROLE', 'NAME', 'JOINED (UTC)', ''], ...rows]));
}

async function addToken(client: FarmClient, flags: TokenFlags, { talk }: CommandContext): Promise<void> {
  const { role, name, expires = null, allJobs = false } = flags;
  const body = { role, name, expiresSeconds: expires, allJobs };
  const made = await client.call(accessRoutes.addToken, { body });
  talk.say(`For ${plain(made.name)} (${made.role}), as AKASHGANGA_TOKEN; it is shown this once:`);
  talk.answer(made.pass);
  talk.say(`To sign in on the page: ${made.token}`);
  talk.fact(made);
}

async function listTokens(client: FarmClient, { talk }: CommandContext): Promise<void> {
  const { tokens } = await client.call(accessRoutes.tokens, {});
  for (const token of tokens) talk.fact(token);
  if (tokens.length === 0) return talk.answer('There are no tokens besides the key of the farm itself.');
  const rows = tokens.map((token) => [
    token.id,
    token.allJobs ? `${token.role}, all jobs` : token.role,
    plain(token.name),
    token.lastUsedAt === null ? 'never' : when(token.lastUsedAt),
    stateOf(token),
  ]);
  talk.answer(tableText([['ID', 'ROLE', 'NAME', 'LAST USED (UTC)', ''], ...rows]));
}

function stateOf({ revokedAt, expiresAt }: { revokedAt: number | null; expiresAt: number | null }): string {
  if (revokedAt !== null) return `revoked ${when(revokedAt)}`;
  return expiresAt === null ? '' : `until ${when(expiresAt)}`;
}

function when(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function oneOf(flag: string, known: readonly string[]): (value: string) => string {
  return (value) => {
    if (known.includes(value)) return value;
    throw new FarmError('usage.bad-flag', { flag, value, why: `it is ${known.join(', ')}` });
  };
}

import { readFile } from 'node:fs/promises';
import { FarmError, TokenRole } from '@akashganga/protocol';
import { isLoopback } from '@akashganga/trust';
import type { Command } from 'commander';
import type { Settings } from './settings.ts';

export interface SignInFlags {
  readonly loginWith?: string | undefined;
  readonly loginClient?: string | undefined;
  readonly loginClaim?: string | undefined;
  readonly loginRoles?: string | undefined;
}

/** For what has people: a service of one's own at which they sign in. Its secret is in the environment, never here. */
export function withSignInFlags(command: Command): Command {
  return command
    .option(
      '--login-with <issuer>',
      'people may sign in at this OpenID Connect service, as https://id.example',
    )
    .option('--login-client <id>', 'what that service calls the farm')
    .option(
      '--login-roles <list>',
      'which groups there are what here, as heads=admin,lights=artist,*=viewer; * is everybody',
    )
    .option('--login-claim <name>', 'the claim that lists groups (default: groups)');
}

/** The same flags, for a manager in a process of its own. */
export function signInArgs({ loginWith, loginClient, loginClaim, loginRoles }: SignInFlags): string[] {
  const flags = { with: loginWith, client: loginClient, claim: loginClaim, roles: loginRoles };
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--login-${name}`, value],
  );
}

/** What the flags and the environment say of the sign-in service; null when there is none. Throws `usage.bad-flag`. */
export async function signInWith(flags: SignInFlags, settings: Settings, pageUrl: string | null) {
  const { loginWith, loginClient, loginClaim = 'groups', loginRoles } = flags;
  if (loginWith === undefined) {
    const [first] = signInArgs(flags);
    if (first !== undefined) throw bad(first, '', 'it needs --login-with beside it');
    return null;
  }
  if (!isGoodIssuer(loginWith))
    throw bad(
      '--login-with',
      loginWith,
      'it is an address that begins with https:// (http:// on this computer)',
    );
  if (!loginClient) throw bad('--login-with', loginWith, 'it needs --login-client beside it');
  if (!loginRoles) throw bad('--login-with', loginWith, 'it needs --login-roles beside it, as lights=artist');
  return {
    ...{ issuer: loginWith, clientId: loginClient, claim: loginClaim, pageUrl },
    clientSecret: await readSecret(settings),
    roles: loginRoles.split(',').map(roleOfGroup),
  };
}

function isGoodIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && username === '' && search === '' && hash === '';
}

function roleOfGroup(text: string) {
  const at = text.lastIndexOf('=');
  const group = text.slice(0, Math.max(0, at)).trim();
  const role = TokenRole.safeParse(text.slice(at + 1).trim());
  if (group === '' || !role.success)
    throw bad('--login-roles', text.trim(), 'each is GROUP=ROLE, and a role is admin, artist or viewer');
  return { group: group === '*' ? null : group, role: role.data };
}

async function readSecret({ loginSecret, loginSecretFile }: Settings): Promise<string | null> {
  if (loginSecretFile === null) return loginSecret;
  const text = await readFile(loginSecretFile, 'utf8').catch((cause: Error) => {
    throw new FarmError(
      'usage.bad-flag',
      { flag: 'AKASHGANGA_LOGIN_SECRET_FILE', value: loginSecretFile, why: cause.message },
      { cause },
    );
  });
  return text.trim() || null;
}

function bad(flag: string, value: string, why: string): FarmError {
  return new FarmError('usage.bad-flag', { flag, value, why });
}

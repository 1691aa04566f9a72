import type { TokenRole } from '@akashganga/protocol';

const ORDER: readonly TokenRole[] = ['admin', 'artist', 'viewer'];

/** The role that may do most of those a person's groups give; null when none gives any. */
export function roleFromClaims(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
  roles: readonly { readonly group: string | null; readonly role: TokenRole }[],
): TokenRole | null {
  const said = claims[claim] ?? inside(claims, claim.split('.'));
  const groups = new Set(Array.isArray(said) ? said : [said]);
  const given = roles.filter(({ group }) => group === null || groups.has(group)).map(({ role }) => role);
  return ORDER.find((role) => given.includes(role)) ?? null;
}

function inside(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return undefined;
  return inside((value as Record<string, unknown>)[first], rest);
}

/** What a service says, as one line that may be shown; '' for what is no text. */
export function textClaim(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\p{C}/gu, '').trim().slice(0, 150) : '';
}

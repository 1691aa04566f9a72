import { createHash } from 'node:crypto';
import { FarmError, type TokenRole } from '@akashganga/protocol';
import { isLoopback } from '@akashganga/trust';
import * as openid from 'openid-client';
import { roleFromClaims, textClaim } from './role-from-claims.ts';

/** A sign-in service of one's own (OpenID Connect), and whom it lets in as what. */
export interface SignInWith {
  /** Its issuer; https, except on this computer. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a client without a secret, which PKCE alone protects. */
  readonly clientSecret: string | null;
  /** The claim that lists a person's groups; `a.b` looks into an object. */
  readonly claim: string;
  /** Which group is which role; null stands for everybody whom the service knows. */
  readonly roles: readonly { readonly group: string | null; readonly role: TokenRole }[];
  /** Where browsers reach the farm, when that is not where the request came to: behind a proxy. */
  readonly pageUrl: string | null;
}

/** What a browser keeps, signed, while its person is at the service. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** Milliseconds. */
  readonly until: number;
}

/** Whom the service vouches for. */
export interface SignedInPerson {
  /** The same for the same person at the same service, whatever they are called. */
  readonly id: string;
  readonly name: string;
  readonly role: TokenRole;
}

/** So long a person may take at the service. */
const PENDING_MS = 10 * 60_000;
const ANSWER_SECONDS = 10;

/** Signs people in by the authorization code flow with PKCE, state and nonce. */
export class SignInService {
  readonly #options: SignInWith;
  readonly #now: () => number;
  #found: Promise<openid.Configuration> | null = null;

  constructor(options: SignInWith, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** What people are shown. */
  get name(): string {
    return new URL(this.#options.issuer).hostname;
  }

  get pageUrl(): string | null {
    return this.#options.pageUrl;
  }

  /** Where to send a browser that is to come back to `redirectUri`. Throws `login.unreachable`. */
  async begin(redirectUri: string): Promise<{ url: URL; pending: PendingSignIn }> {
    const service = await this.#discovered();
    const pending = {
      ...{ state: openid.randomState(), nonce: openid.randomNonce(), redirectUri },
      ...{ verifier: openid.randomPKCECodeVerifier(), until: this.#now() + PENDING_MS },
    };
    const { scopes_supported: scopes } = service.serverMetadata();
    const url = openid.buildAuthorizationUrl(service, {
      redirect_uri: redirectUri,
      scope: `openid profile email${scopes?.includes('groups') ? ' groups' : ''}`,
      code_challenge: await openid.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...{ state: pending.state, nonce: pending.nonce },
    });
    return { url, pending };
  }

  /**
   * Who came back, by the query of the address they came to. Throws `login.stale`, `login.unreachable`,
   * `login.refused`, `login.no-role`.
   */
  async finish(query: string, pending: PendingSignIn | null): Promise<SignedInPerson> {
    const given = new URLSearchParams(query);
    if (!pending || pending.until < this.#now() || given.get('state') !== pending.state)
      throw new FarmError('login.stale');
    const service = await this.#discovered();
    const back = new URL(pending.redirectUri);
    back.search = query;
    const claims = await this.#claims(service, back, pending).catch((cause: unknown) => {
      throw new FarmError('login.refused', { service: this.name, why: whyRefused(cause) }, { cause });
    });
    const { issuer, claim, roles } = this.#options;
    const role = roleFromClaims(claims, claim, roles);
    const name = nameOf(claims);
    if (!role) throw new FarmError('login.no-role', { name, service: this.name });
    const id = createHash('sha256').update(`${issuer}\n${claims.sub}`).digest('hex').slice(0, 20);
    return { id: `p-${id}`, name, role };
  }

  async #claims(service: openid.Configuration, back: URL, { state, nonce, verifier }: PendingSignIn) {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    const tokens = await openid.authorizationCodeGrant(service, back, { ...checks, idTokenExpected: true });
    const claims = tokens.claims();
    if (!claims) throw new Error('there is no ID token');
    // Many services tell groups and names only there.
    if (!service.serverMetadata().userinfo_endpoint) return claims;
    return { ...(await openid.fetchUserInfo(service, tokens.access_token, claims.sub)), ...claims };
  }

  /** What the service says of itself, asked once; after a failure asked again. */
  #discovered(): Promise<openid.Configuration> {
    this.#found ??= this.#discover().catch((cause: unknown) => {
      this.#found = null;
      throw new FarmError('login.unreachable', { service: this.name, why: whyRefused(cause) }, { cause });
    });
    return this.#found;
  }

  #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const url = new URL(issuer);
    const isHere = url.protocol === 'http:' && isLoopback(url.hostname);
    const shown = clientSecret === null ? openid.None() : openid.ClientSecretBasic(clientSecret);
    return openid.discovery(url, clientId, undefined, shown, {
      timeout: ANSWER_SECONDS,
      execute: isHere ? [openid.allowInsecureRequests] : [],
    });
  }
}

function nameOf(claims: Readonly<Record<string, unknown>>): string {
  const said = ['name', 'preferred_username', 'email', 'sub'].map((claim) => textClaim(claims[claim]));
  return said.find((one) => one !== '') ?? 'somebody';
}

// The library's sentences name no secret; its causes may, and stay in the log.
function whyRefused(error: unknown): string {
  const { error: said, code, message } = error as { error?: string; code?: string; message?: string };
  if (said !== undefined) return `it said ${textClaim(said)}`;
  if (code === 'OAUTH_TIMEOUT') return 'it did not answer in time';
  return textClaim(message) || 'it failed';
}

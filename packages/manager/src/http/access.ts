import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { API_PREFIX, FarmError, farmRoutes } from '@akashganga/protocol';
import { memberOn } from '@akashganga/trust';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { OWNER, type Principal } from '../access/principal.ts';
import type { WhoIsWho } from '../access/who-is-who.ts';
import type { Passage, Turnstile } from '../limits/turnstile.ts';
import { callerAddress, isEncrypted, remoteAddress } from './remote-address.ts';
import { type App, type HttpContext, serve } from './serve.ts';

const COOKIE = 'akashganga';
const SESSION_SECONDS = 30 * 24 * 3600;
const CODE_MS = 10 * 60_000;

export interface AccessRooms {
  /** The farm's own. */
  readonly key: string;
  readonly who: WhoIsWho;
  readonly turnstile: Turnstile;
  readonly isProxy: (address: string) => boolean;
}

/** Finds out who asks: by the farm's key, a token, a member's certificate, or a browser that was signed in. */
export class Access {
  readonly #key: string;
  readonly #keyHash: Buffer;
  readonly #who: WhoIsWho;
  readonly #turnstile: Turnstile;
  readonly #isProxy: (address: string) => boolean;
  readonly #codes = new Map<string, { readonly until: number; readonly id: string }>();

  constructor({ key, who, turnstile, isProxy }: AccessRooms) {
    this.#key = key;
    this.#keyHash = hash(key);
    this.#who = who;
    this.#turnstile = turnstile;
    this.#isProxy = isProxy;
  }

  /** Throws `caller.too-often` where too many secrets that are none came from the caller's address. */
  wasWrong(context: HttpContext): void {
    this.#turnstile.wasWrong(callerAddress(context, this.#isProxy));
  }

  byToken(given: string): Principal | null {
    if (timingSafeEqual(hash(given), this.#keyHash)) return OWNER;
    return this.#who.byToken(given);
  }

  /** A code that signs one browser in, once, as whoever asked for it. */
  makeCode({ id }: Principal): string {
    const now = Date.now();
    for (const [code, { until }] of this.#codes) if (until < now) this.#codes.delete(code);
    const code = randomBytes(16).toString('base64url');
    this.#codes.set(code, { until: now + CODE_MS, id });
    return code;
  }

  useCode(code: string): Principal | null {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    return known && known.until > Date.now() ? this.#byId(known.id) : null;
  }

  #byId(id: string): Principal | null {
    return id === OWNER.id ? OWNER : this.#who.byTokenId(id);
  }

  async startSession(context: HttpContext, { id }: Principal): Promise<void> {
    const until = Date.now() + SESSION_SECONDS * 1000;
    await setSignedCookie(context, COOKIE, `${until}.${id}`, this.#key, {
      httpOnly: true,
      sameSite: 'Strict',
      secure: this.isOverTls(context),
      path: '/',
      maxAge: SESSION_SECONDS,
    });
  }

  /** Whether the browser's own connection is encrypted, be it up to a proxy. */
  isOverTls(context: HttpContext): boolean {
    return isEncrypted(context) || (this.#isProxy(remoteAddress(context)) && isForwardedTls(context));
  }

  /** Lets requests of somebody who is known through, and refuses all others. */
  readonly guard: MiddlewareHandler = async (context, next) => {
    const principal = await this.#whoAsks(context as HttpContext);
    context.set('principal', principal);
    // The owner's own programs: workers by the hundred, on this computer, that all show the key.
    if (principal === OWNER) return next();
    const { outgoing } = (context as HttpContext).env;
    const { id, name } = principal;
    const over = this.#turnstile.enter(id, passageOf(context.req), name ?? id);
    outgoing.once('close', over);
    return next();
  };

  async #whoAsks(context: HttpContext): Promise<Principal> {
    const header = context.req.header('authorization');
    if (header !== undefined) {
      const found = header.startsWith('Bearer ') ? this.byToken(header.slice('Bearer '.length)) : null;
      if (found) return found;
      if (this.#who.isLoaded) this.wasWrong(context);
      throw this.#unknown('access.wrong-key');
    }
    const member = memberOn(context.env.incoming.socket);
    if (member && member.role !== 'manager') {
      if (!this.#who.isLoaded) throw new FarmError('farm.standing-by');
      return this.#who.member(member.role, member.id);
    }
    const [until, id = ''] = ((await getSignedCookie(context, this.#key, COOKIE)) || '').split('.');
    if (!until || Number(until) < Date.now()) throw new FarmError('access.no-key');
    const found = this.#byId(id);
    if (!found) throw this.#unknown('access.no-key');
    refuseOtherSites(context);
    return found;
  }

  // Before the farm is read nobody but the owner is known, which is no reason to send anybody away for good.
  #unknown(code: 'access.wrong-key' | 'access.no-key'): FarmError {
    return new FarmError(this.#who.isLoaded ? code : 'farm.standing-by');
  }
}

function passageOf({ method, path }: { readonly method: string; readonly path: string }): Passage {
  if (method === 'GET' && path === `${API_PREFIX}/events`) return 'stream';
  return path.startsWith(`${API_PREFIX}/blobs/sha`) ? 'transfer' : 'call';
}

// A cookie travels with requests that other sites' pages make; their Origin gives them away.
function refuseOtherSites(context: Context): void {
  const origin = context.req.header('origin');
  if (origin === undefined || context.req.method === 'GET') return;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  if (host !== context.req.header('host')) throw new FarmError('access.wrong-origin');
}

function isForwardedTls(context: HttpContext): boolean {
  return context.req.header('x-forwarded-proto')?.split(',').at(-1)?.trim() === 'https';
}

export function serveSessions(app: App, access: Access): void {
  serve(app, farmRoutes.signIn, async ({ body, context }) => {
    refuseOtherSites(context);
    const byKey = body.key === undefined ? null : access.byToken(body.key);
    const found = byKey ?? (body.code === undefined ? null : access.useCode(body.code));
    if (!found) {
      access.wasWrong(context);
      throw new FarmError('access.wrong-key');
    }
    await access.startSession(context, found);
    return { ok: true as const };
  });
  serve(app, farmRoutes.signOut, ({ context }) => {
    deleteCookie(context, COOKIE, { path: '/' });
    return { ok: true as const };
  });
  serve(app, farmRoutes.signInCode, ({ context }) => ({ code: access.makeCode(principalOf(context)) }));
}

/** Who asks, behind the guard. */
export function principalOf(context: HttpContext): Principal {
  const principal = context.get('principal');
  if (!principal) throw new FarmError('access.no-key');
  return principal;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { FarmError, farmRoutes } from '@akashganga/protocol';
import { memberOn } from '@akashganga/trust';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { OWNER, type Principal } from '../access/principal.ts';
import type { WhoIsWho } from '../access/who-is-who.ts';
import { type App, type HttpContext, serve } from './serve.ts';

const COOKIE = 'akashganga';
const SESSION_SECONDS = 30 * 24 * 3600;
const CODE_MS = 10 * 60_000;

/** Finds out who asks: by the farm's key, a token, a member's certificate, or a browser that was signed in. */
export class Access {
  readonly #key: string;
  readonly #keyHash: Buffer;
  readonly #who: WhoIsWho;
  readonly #codes = new Map<string, { readonly until: number; readonly id: string }>();

  constructor(key: string, who: WhoIsWho) {
    this.#key = key;
    this.#keyHash = hash(key);
    this.#who = who;
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
      secure: 'encrypted' in context.env.incoming.socket,
      path: '/',
      maxAge: SESSION_SECONDS,
    });
  }

  /** Lets requests of somebody who is known through, and refuses all others. */
  readonly guard: MiddlewareHandler = async (context, next) => {
    context.set('principal', await this.#whoAsks(context as HttpContext));
    return next();
  };

  async #whoAsks(context: HttpContext): Promise<Principal> {
    const header = context.req.header('authorization');
    if (header !== undefined) {
      const found = header.startsWith('Bearer ') ? this.byToken(header.slice('Bearer '.length)) : null;
      if (!found) throw this.#unknown('access.wrong-key');
      return found;
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

// A cookie travels with requests that other sites' pages make; their Origin gives them away.
function refuseOtherSites(context: Context): void {
  const origin = context.req.header('origin');
  if (origin === undefined || context.req.method === 'GET') return;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  if (host !== context.req.header('host')) throw new FarmError('access.wrong-origin');
}

export function serveSessions(app: App, access: Access): void {
  serve(app, farmRoutes.signIn, async ({ body, context }) => {
    const byKey = body.key === undefined ? null : access.byToken(body.key);
    const found = byKey ?? (body.code === undefined ? null : access.useCode(body.code));
    if (!found) throw new FarmError('access.wrong-key');
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

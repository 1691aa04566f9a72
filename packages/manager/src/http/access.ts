import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { FarmError, farmRoutes } from '@akashganga/protocol';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { type App, serve } from './serve.ts';

const COOKIE = 'akashganga';
const SESSION_SECONDS = 30 * 24 * 3600;
const CODE_MS = 10 * 60_000;

/** Who may use the API: whoever has the farm's key, and browsers that were signed in with it. */
export class Access {
  readonly #key: string;
  readonly #keyHash: Buffer;
  readonly #codes = new Map<string, number>();

  constructor(key: string) {
    this.#key = key;
    this.#keyHash = hash(key);
  }

  isKey(given: string): boolean {
    return timingSafeEqual(hash(given), this.#keyHash);
  }

  /** A code that signs one browser in, once. */
  makeCode(): string {
    const now = Date.now();
    for (const [code, until] of this.#codes) if (until < now) this.#codes.delete(code);
    const code = randomBytes(16).toString('base64url');
    this.#codes.set(code, now + CODE_MS);
    return code;
  }

  useCode(code: string): boolean {
    const until = this.#codes.get(code);
    this.#codes.delete(code);
    return until !== undefined && until > Date.now();
  }

  async startSession(context: Context): Promise<void> {
    const until = String(Date.now() + SESSION_SECONDS * 1000);
    await setSignedCookie(context, COOKIE, until, this.#key, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: SESSION_SECONDS,
    });
  }

  /** Lets requests with the key or a session through, refuses all others. */
  readonly guard: MiddlewareHandler = async (context, next) => {
    const header = context.req.header('authorization');
    if (header !== undefined) {
      if (!header.startsWith('Bearer ') || !this.isKey(header.slice('Bearer '.length)))
        throw new FarmError('access.wrong-key');
      return next();
    }
    const until = await getSignedCookie(context, this.#key, COOKIE);
    if (!until || Number(until) < Date.now()) throw new FarmError('access.no-key');
    refuseOtherSites(context);
    return next();
  };
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
    const isGood =
      (body.key !== undefined && access.isKey(body.key)) ||
      (body.code !== undefined && access.useCode(body.code));
    if (!isGood) throw new FarmError('access.wrong-key');
    await access.startSession(context);
    return { ok: true as const };
  });
  serve(app, farmRoutes.signOut, ({ context }) => {
    deleteCookie(context, COOKIE, { path: '/' });
    return { ok: true as const };
  });
  serve(app, farmRoutes.signInCode, () => ({ code: access.makeCode() }));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { FarmError, farmRoutes, SignInRefusal } from '@akashganga/protocol';
import { z } from '@hono/zod-openapi';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { PendingSignIn } from '../access/sign-in/sign-in-service.ts';
import type { Access } from './access.ts';
import { answerError, type Rooms } from './app.ts';
import { callerAddress } from './remote-address.ts';
import { type App, type HttpContext, serve, serveBytes } from './serve.ts';

const PENDING = 'akashganga-sign-in';
const REFUSED = 'akashganga-refused';
/** From the addresses below to the page, wherever a proxy has put it. */
const PAGE = '../../../';
const PENDING_SECONDS = 600;
const REFUSED_SECONDS = 60;

const Pending: z.ZodType<PendingSignIn> = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string() },
  ...{ redirectUri: z.string(), until: z.number() },
});

/** Signing in at a service of one's own: to it, and back. What goes wrong is said on the page that comes next. */
export function serveSignIn(app: App, rooms: Rooms, access: Access): void {
  const { signIn, key } = rooms;
  const keep = (context: HttpContext, name: string, value: object, maxAge: number) =>
    // Lax, because who comes back is sent here by another site.
    setSignedCookie(context, name, Buffer.from(JSON.stringify(value)).toString('base64url'), key, {
      ...{ httpOnly: true, sameSite: 'Lax', path: '/', maxAge, secure: access.isOverTls(context) },
    });
  const take = async <T>(context: HttpContext, name: string, schema: z.ZodType<T>): Promise<T | null> => {
    const text = await getSignedCookie(context, key, name);
    if (!text) return null;
    deleteCookie(context, name, { path: '/' });
    return schema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data ?? null;
  };
  const toPage = async (context: HttpContext, work: () => Promise<string>): Promise<Response> => {
    context.header('cache-control', 'no-store');
    try {
      return context.redirect(await work(), 303);
    } catch (error) {
      // Said once more as every problem is, for the log.
      const { code, detail: says } = (await answerError(error, rooms.log).json()) as Record<string, string>;
      await keep(context, REFUSED, { code, says }, REFUSED_SECONDS);
      return context.redirect(PAGE, 303);
    }
  };
  const service = () => {
    if (signIn) return signIn;
    throw new FarmError('login.off');
  };
  serve(app, farmRoutes.signInWays, async ({ context }) => {
    context.header('cache-control', 'no-store');
    return { service: signIn?.name ?? null, refused: await take(context, REFUSED, SignInRefusal) };
  });
  serveBytes(app, farmRoutes.beginSignIn, async ({ context }) => {
    service();
    return toPage(context, async () => {
      const base = service().pageUrl?.replace(/\/+$/, '') ?? originOf(context);
      const { url, pending } = await service().begin(base + farmRoutes.finishSignIn.route.path);
      await keep(context, PENDING, pending, PENDING_SECONDS);
      return url.href;
    });
  });
  serveBytes(app, farmRoutes.finishSignIn, async ({ context }) => {
    service();
    return toPage(context, async () => {
      const pending = await take(context, PENDING, Pending);
      const person = await service()
        .finish(new URL(context.req.url).search, pending)
        .catch((error: unknown) => {
          access.wasWrong(context);
          throw error;
        });
      const asker = { by: service().name, from: callerAddress(context, rooms.isProxy) };
      await access.startSession(context, await rooms.who.signIn(person, asker));
      return PAGE;
    });
  });
}

function originOf(context: HttpContext): string {
  const { protocol, host } = new URL(context.req.url);
  return `${protocol}//${host}`;
}

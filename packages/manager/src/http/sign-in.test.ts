import { randomBytes } from 'node:crypto';
import { API_PREFIX, type Token } from '@akashganga/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignInService, type SignInWith } from '../access/sign-in/sign-in-service.ts';
import { problemOf, TestServer } from './http.fixture.ts';
import { CLIENT, type Claims, SmallBrowser, TestSignInService } from './sign-in-service.fixture.ts';

let service: TestSignInService;
let server: TestServer;
let signInWith: SignInWith;

// The service has to know the farm's address before the farm is there, so a name stands in front: the page's address.
const PAGE = 'http://farm.test';

beforeAll(async () => {
  const groups = { anna: ['lights'], hari: ['lights', 'heads'], eve: ['kitchen'] };
  service = await TestSignInService.start(groups, [PAGE]);
  signInWith = {
    ...{ issuer: service.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, claim: 'groups' },
    ...{ pageUrl: `${PAGE}/` },
    roles: [
      { group: 'lights', role: 'artist' },
      { group: 'heads', role: 'admin' },
    ],
  };
  server = await TestServer.manager(undefined, undefined, undefined, { signInWith });
}, 60_000);
afterAll(async () => {
  await server?.close();
  await service?.close();
}, 30_000);

const at = (path: string) => `${server.url}${API_PREFIX}${path}`;
const isBack = (url: string) => url.startsWith(PAGE);

/** Signs in at the service and stops where it sends the browser back to; the address is the farm's own. */
async function sentBack(browser: SmallBrowser, person: string): Promise<string> {
  const url = await browser.signIn(at('/sign-in/begin'), person, isBack);
  return server.url + url.slice(PAGE.length);
}

/** What the page is told after a try. */
async function refusal(browser: SmallBrowser): Promise<{ code: string; says: string } | null> {
  const ways = (await (await browser.ask(at('/sign-in'))).json()) as { refused: never };
  return ways.refused;
}

async function tokensOf(name: string): Promise<Token[]> {
  const { tokens } = await server.json<{ tokens: Token[] }>('/tokens');
  return tokens.filter((token) => token.name.startsWith(name));
}

test('a person whom the service vouches for is signed in with the role of their groups, for twelve hours', async () => {
  const browser = new SmallBrowser();
  expect((await browser.ask(at('/jobs'))).status).toBe(401);
  const back = await browser.ask(await sentBack(browser, 'anna'));
  expect(back.status).toBe(303);
  expect(new URL(back.headers.get('location') ?? '', at('/sign-in/return')).pathname).toBe('/');
  const session = back.headers.getSetCookie().find((line) => line.startsWith('akashganga='));
  expect(session).toMatch(/HttpOnly.*SameSite=Strict/);
  expect((await browser.ask(at('/jobs'))).status).toBe(200);
  expect(await problemOf(await browser.ask(at('/tokens')))).toMatchObject({ code: 'access.forbidden' });
  expect(await refusal(browser)).toBeNull();
  const [anna] = await tokensOf('anna of the studio (');
  expect(anna).toMatchObject({ role: 'artist', createdBy: '127.0.0.1', allJobs: false });
  expect((anna?.expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(12 * 3_600_000);
});

test('the same person is one and the same again, and is out when an admin says so', async () => {
  const browsers = [new SmallBrowser(), new SmallBrowser()];
  for (const browser of browsers) await browser.ask(await sentBack(browser, 'hari'));
  const known = await tokensOf('hari');
  expect(known).toMatchObject([{ role: 'admin' }]);
  await server.json(`/tokens/${known[0]?.id}`, { method: 'DELETE' });
  for (const browser of browsers) expect((await browser.ask(at('/jobs'))).status).toBe(401);
  const again = new SmallBrowser();
  await again.ask(await sentBack(again, 'hari'));
  expect(await refusal(again)).toMatchObject({ code: 'login.revoked' });
  expect((await again.ask(at('/jobs'))).status).toBe(401);
});

test('who is in no group that is named is not let in, and reads why', async () => {
  const browser = new SmallBrowser();
  await browser.ask(await sentBack(browser, 'eve'));
  expect((await browser.ask(at('/jobs'))).status).toBe(401);
  expect(await refusal(browser)).toMatchObject({
    code: 'login.no-role',
    says: expect.stringContaining('eve of the studio'),
  });
  // It is told once.
  expect(await refusal(browser)).toBeNull();
  expect(await tokensOf('eve')).toEqual([]);
});

test('an answer is taken only by the browser that began, once, and only with its own state', async () => {
  const browser = new SmallBrowser();
  const back = await sentBack(browser, 'anna');
  const begun = browser.cookies(back);

  const stranger = new SmallBrowser();
  await stranger.ask(back);
  expect(await refusal(stranger)).toMatchObject({ code: 'login.stale' });

  const wrong = new SmallBrowser();
  wrong.setCookies(back, begun);
  await wrong.ask(back.replace(/state=[^&]+/, 'state=another'));
  expect(await refusal(wrong)).toMatchObject({ code: 'login.stale' });

  const forged = new SmallBrowser();
  forged.setCookies(
    back,
    new Map([...begun].map(([name, value]) => [name, `${value.slice(0, 20)}x${value.slice(21)}`])),
  );
  await forged.ask(back);
  expect(await refusal(forged)).toMatchObject({ code: 'login.stale' });

  await browser.ask(back);
  expect((await browser.ask(at('/jobs'))).status).toBe(200);
  const replayed = new SmallBrowser();
  replayed.setCookies(back, begun);
  await replayed.ask(back);
  expect(await refusal(replayed)).toMatchObject({ code: 'login.refused' });
  for (const other of [stranger, wrong, forged, replayed])
    expect((await other.ask(at('/jobs'))).status).toBe(401);
});

test('an answer of another issuer, and a refusal of the service, let nobody in', async () => {
  for (const change of [
    (url: URL) => url.searchParams.set('iss', 'https://another.example'),
    (url: URL) => url.searchParams.delete('iss'),
    (url: URL) => url.searchParams.set('code', randomBytes(16).toString('hex')),
    (url: URL) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
    },
  ]) {
    const browser = new SmallBrowser();
    const back = new URL(await sentBack(browser, 'anna'));
    change(back);
    await browser.ask(back.href);
    expect(await refusal(browser), back.search).toMatchObject({ code: 'login.refused' });
    expect((await browser.ask(at('/jobs'))).status).toBe(401);
  }
});

const SOON = () => Math.floor(Date.now() / 1000);
const LIES: Readonly<Record<string, (claims: Claims) => Claims | null>> = {
  'has expired': (claims) => ({ ...claims, iat: SOON() - 7200, exp: SOON() - 3600 }),
  'never expires': ({ exp: _, ...claims }) => claims,
  'is for another client': (claims) => ({ ...claims, aud: 'another-client' }),
  'is for us and was given to another': (claims) => ({ ...claims, aud: [CLIENT.id, 'b'], azp: 'b' }),
  'is for nobody': ({ aud: _, ...claims }) => claims,
  'answers another begin': (claims) => ({ ...claims, nonce: 'another' }),
  'has no nonce': ({ nonce: _, ...claims }) => claims,
  'is of another issuer': (claims) => ({ ...claims, iss: 'https://another.example' }),
  'is not yet good': (claims) => ({ ...claims, nbf: SOON() + 3600 }),
  'is of another person than the service tells': (claims) => ({ ...claims, sub: 'hari' }),
  'is missing': () => null,
};

test.each(Object.entries(LIES))('an ID token that %s lets nobody in', async (_, lie) => {
  const browser = new SmallBrowser();
  const back = await sentBack(browser, 'anna');
  service.lie = lie;
  try {
    await browser.ask(back);
  } finally {
    service.lie = (claims) => claims;
  }
  expect(await refusal(browser)).toMatchObject({ code: 'login.refused' });
  expect((await browser.ask(at('/jobs'))).status).toBe(401);
});

test('an answer to another begin does not fit: verifier and nonce belong to the state', async () => {
  const first = new SmallBrowser();
  const second = new SmallBrowser();
  const back = await sentBack(first, 'anna');
  const other = await sentBack(second, 'anna');
  const url = new URL(back);
  url.searchParams.set('state', new URL(other).searchParams.get('state') ?? '');
  first.setCookies(back, second.cookies(other));
  await first.ask(url.href);
  expect(await refusal(first)).toMatchObject({ code: 'login.refused' });
});

test('a sign-in that took longer than ten minutes is over', async () => {
  let now = Date.now();
  const own = new SignInService(signInWith, () => now);
  const { pending } = await own.begin(`${PAGE}${API_PREFIX}/sign-in/return`);
  now += 10 * 60_000 + 1;
  await expect(own.finish(`?code=a&state=${pending.state}`, pending)).rejects.toMatchObject({
    code: 'login.stale',
  });
});

test('a service that is another than it was called, or is not there, is not talked to', async () => {
  const redirect = `${PAGE}${API_PREFIX}/sign-in/return`;
  for (const issuer of [
    service.issuer.replace('127.0.0.1', 'localhost'),
    'http://127.0.0.1:9',
    'http://192.0.2.1',
  ]) {
    const wrong = new SignInService({ ...signInWith, issuer }, Date.now);
    await expect(wrong.begin(redirect), issuer).rejects.toMatchObject({ code: 'login.unreachable' });
  }
});

test('a farm without a service says so, and its page offers none', async () => {
  const plain = await TestServer.standingBy();
  expect(await plain.json('/sign-in')).toEqual({ service: null, refused: null });
  for (const path of ['/sign-in/begin', '/sign-in/return?code=a&state=b'])
    expect(await plain.problem(path)).toMatchObject({ status: 404, code: 'login.off' });
  await plain.close();
});

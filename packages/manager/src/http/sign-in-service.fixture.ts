// A real sign-in service on this computer: a person is whoever they say they are, and `groups` says what they are in.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const CLIENT = { id: 'the-farm', secret: 'what-the-service-knows-the-farm-by' };

export type Claims = Readonly<Record<string, unknown>>;

export class TestSignInService {
  readonly issuer: string;
  /** What it says in ID tokens instead of what it would; null: no ID token. It signs that as it signs all else. */
  lie: (claims: Claims) => Claims | null = (claims) => claims;
  readonly #server: Server;

  private constructor(issuer: string, server: Server) {
    this.issuer = issuer;
    this.#server = server;
  }

  /** `farms` are the addresses that it sends people back to. */
  static async start(
    groups: Readonly<Record<string, readonly string[]>>,
    farms: readonly string[],
  ): Promise<TestSignInService> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const provider = new Provider(issuer, {
      clients: [
        {
          ...{ client_id: CLIENT.id, client_secret: CLIENT.secret },
          redirect_uris: farms.map((farm) => `${farm}/api/v1/sign-in/return`),
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kty: 'RSA', use: 'sig', alg: 'RS256' }] },
      scopes: ['openid', 'profile', 'email', 'groups'],
      claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
      cookies: { keys: ['of-the-service'] },
      pkce: { required: () => true },
      findAccount: (_, sub) => ({
        accountId: sub,
        claims: () => ({ sub, name: `${sub} of the studio`, groups: [...(groups[sub] ?? [])] }),
      }),
    });
    const service = new TestSignInService(issuer, server);
    const answer = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/token') changeAnswer(response, (text) => service.#tokens(text, privateKey));
      return answer(request, response);
    });
    return service;
  }

  #tokens(text: string, key: KeyObject): string {
    const { id_token: token, ...others } = JSON.parse(text) as { id_token?: string };
    if (token === undefined) return text;
    const [head = '', body = ''] = token.split('.');
    const claims = this.lie(JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims);
    if (claims === null) return JSON.stringify(others);
    const words = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(words), key).toString('base64url');
    return JSON.stringify({ ...others, id_token: `${words}.${signature}` });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function changeAnswer(response: ServerResponse, change: (text: string) => string): void {
  const end = response.end.bind(response);
  response.end = ((text: string | Buffer) => {
    const changed = change(String(text));
    response.setHeader('content-length', Buffer.byteLength(changed));
    return end(changed);
  }) as typeof response.end;
}

/** What of a browser is needed to sign in: it keeps cookies by their site, and follows where it is sent. */
export class SmallBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Asks once. */
  async ask(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const { host } = new URL(url);
    const known = this.#cookies.get(host) ?? new Map<string, string>();
    const cookie = [...known].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(url, {
      ...{ redirect: 'manual', headers: cookie ? { cookie } : {} },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) known.delete(name);
      else known.set(name, value);
    }
    this.#cookies.set(host, known);
    return reply;
  }

  cookies(url: string): Map<string, string> {
    return new Map(this.#cookies.get(new URL(url).host));
  }

  setCookies(url: string, cookies: ReadonlyMap<string, string>): void {
    this.#cookies.set(new URL(url).host, new Map(cookies));
  }

  /** Follows where it is sent, and says at the service that it is `person`; stops before an address that `stops`. */
  async signIn(begin: string, person: string, stops: (url: string) => boolean): Promise<string> {
    let url = begin;
    let form: Record<string, string> | undefined;
    for (let steps = 0; steps < 20 && !stops(url); steps += 1) {
      const reply = await this.ask(url, form);
      form = undefined;
      const to = reply.headers.get('location');
      if (to !== null) {
        url = new URL(to, url).href;
        continue;
      }
      const page = await reply.text();
      const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
      if (!action) throw new Error(`${url} answered ${reply.status}: ${page.slice(0, 500)}`);
      url = new URL(action, url).href;
      form = page.includes('name="login"')
        ? { prompt: 'login', login: person, password: 'any' }
        : { prompt: 'consent' };
    }
    return url;
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { FarmClient } from '@akashganga/client';
import {
  API_PREFIX,
  accessRoutes,
  deliveryRoutes,
  farmRoutes,
  fillPath,
  frameHeaders,
  type Lease,
  readJoinCode,
  webhookRoutes,
  workerRoutes,
} from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { Receiver } from '../../packages/manager/src/notify/receiver.fixture.ts';
import { freePort } from '../farm/processes/free-port.ts';
import { writeFakeScene } from '../farm/processes/scenes.ts';
import { fakeEnvironment, TestFarm } from '../farm/processes/test-farm.ts';
import { TestFolder } from '../farm/processes/test-folder.ts';
import { Liar } from './joined.ts';

/** A farm with every kind of secret there is. Each is used rightly and wrongly, and then looked for where it must not be. */
test('no secret is in a log, in what a role says, in an answer to somebody else, or stored where only its hash should be', async () => {
  await using folder = await TestFolder.make();
  await using chat = await Receiver.open();
  await using farm = await startFarm(folder);
  const run = new Run(farm);
  await run.people();
  await run.codes();
  await run.webhooks(`${chat.url}/hook/s3cret-place-of-the-room`);
  const job = await farm.submit(await writeFakeScene(folder, { frameEnd: 12, secondsPerFrame: 0.5 }), [
    '--chunk',
    '1',
  ]);
  await run.worker(job);
  await farm.ended(job, 120);
  await run.links(job);
  await run.privateKeys();
  // What the owner and their programs are shown afterwards.
  for (const path of [
    '/tokens',
    '/join-codes',
    '/members',
    '/webhooks',
    '/history',
    '/workers',
    '/farm',
    `/jobs/${job}`,
  ])
    await run.ask('GET', path, { authorization: `Bearer ${farm.key}` });
  for (const words of [
    ['history'],
    ['token', 'list'],
    ['member', 'list'],
    ['webhook', 'list'],
    ['join-code', 'list'],
    ['logs', job],
  ]) {
    const { stdout, stderr } = await farm.command(words);
    run.said.set(`akashganga ${words.join(' ')}`, stdout + stderr);
  }
  const roles = [...farm.roles];
  await farm[Symbol.asyncDispose]();
  for (const [name, role] of roles) {
    const { stdout, stderr } = await role.ended;
    run.said.set(`what ${name} printed`, stdout + stderr);
  }
  for (const [path, bytes] of await filesOf(folder.path))
    if (path.endsWith('.log')) run.said.set(path, bytes);
  expect([...run.said.keys()].filter((name) => name.endsWith('.log')).length).toBeGreaterThanOrEqual(4);
  expect(run.secrets.size).toBeGreaterThan(25);
  for (const [name, secret] of run.secrets)
    for (const [where, said] of run.said) expect(said.includes(secret), `${name} in ${where}`).toBe(false);

  // The database, the cache, the page: all that the manager keeps but its own keys.
  const kept = [...(await filesOf(folder.join('manager')))].filter(([path]) => !/^(key$|trust\/)/.test(path));
  expect(kept.length).toBeGreaterThan(100);
  for (const [name, secret] of run.secrets)
    for (const [path, bytes] of name.startsWith('webhook') ? [] : kept)
      expect(bytes.includes(secret), `${name} in ${path}`).toBe(false);
});

async function startFarm(folder: TestFolder): Promise<TestFarm> {
  const farm = new TestFarm(folder, fakeEnvironment(folder), await freePort());
  const local = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--webhooks-to', '127.0.0.1'];
  const manager = farm.runManager('manager', ['--port', String(farm.port), ...local]);
  await manager.event('ready');
  await farm.readKey();
  await Promise.all([
    farm.startFrames(),
    farm.startWorker('worker-1', ['--slots', '1']),
    farm.startMonitor(),
  ]);
  return farm;
}

class Run {
  readonly secrets = new Map<string, string>();
  /** What was said, by where it was said. */
  readonly said = new Map<string, string>();
  readonly #farm: TestFarm;

  constructor(farm: TestFarm) {
    this.#farm = farm;
    this.secrets.set('the key', farm.key);
  }

  /** Asks the manager and keeps what it answers. */
  async ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
    const reply = await fetch(this.#farm.url + API_PREFIX + path, {
      ...{ method, ...(body === undefined ? {} : { body }) },
      headers: { 'content-type': 'application/json', ...headers },
    });
    const words = `${reply.status} ${await reply.clone().text()}`;
    this.said.set(`${this.said.size} the answer to ${method} ${path.slice(0, 30)}`, words);
    return reply;
  }

  /** A secret in all the places where somebody may put it by mistake. */
  async misplace(secret: string): Promise<void> {
    const headers = { authorization: `Bearer ${secret}x` };
    await this.ask('GET', '/jobs', headers);
    await this.ask('GET', '/jobs', { authorization: secret });
    await this.ask('GET', `/jobs?token=${encodeURIComponent(secret)}`, { cookie: `akashganga=${secret}` });
    await this.ask('POST', '/session', {}, JSON.stringify({ key: `${secret}x` }));
    await this.ask('POST', '/session', {}, JSON.stringify({ code: [secret] }));
    await this.ask('POST', '/session', {}, `{"key":"${secret}`);
    const publicKey = 'none';
    await this.ask('POST', '/members', {}, JSON.stringify({ secret, name: 'x', publicKey, id: null }));
    await this.ask('POST', '/members', {}, JSON.stringify({ secret: { of: secret }, name: 'x', publicKey }));
  }

  async people(): Promise<void> {
    const { client } = this.#farm;
    for (const role of ['admin', 'artist', 'viewer'] as const) {
      const { token, pass } = await client.call(accessRoutes.addToken, {
        body: { role, name: `one ${role}` },
      });
      this.secrets.set(`the token of ${role}`, token).set(`the pass of ${role}`, pass);
      const bearer = { authorization: `Bearer ${token}` };
      for (const path of ['/farm', '/tokens', '/nowhere', '/jobs/job-none'])
        await this.ask('GET', path, bearer);
      await using own = new FarmClient({ url: this.#farm.url, key: token });
      const { code } = await own.call(farmRoutes.signInCode, {});
      this.secrets.set(`the sign-in code of ${role}`, code);
      for (const body of [{ code }, { key: token }]) {
        const reply = await this.ask('POST', '/session', {}, JSON.stringify(body));
        const cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
        this.secrets.set(
          `the session of ${role}, ${Object.keys(body)}`,
          decodeURIComponent(cookie).split('.').at(-1)!,
        );
        await this.ask('GET', '/farm', { cookie });
        await this.ask('GET', '/farm', { cookie: `${cookie.slice(0, -3)}AAA` });
      }
      await this.misplace(token);
    }
    await this.misplace(this.#farm.key);
  }

  async codes(): Promise<void> {
    for (const expiresSeconds of [1, 600]) {
      const { code, id } = await this.#farm.client.call(accessRoutes.joinCode, { body: { expiresSeconds } });
      const { secret } = readJoinCode(code);
      this.secrets.set(`join code ${id}`, code).set(`the secret of join code ${id}`, secret);
      await this.misplace(secret);
      await this.#farm.client.call(accessRoutes.revokeJoinCode, { params: { id } });
      await this.misplace(secret);
    }
  }

  async webhooks(url: string): Promise<void> {
    const { client } = this.#farm;
    const body = { name: 'our room', url, events: ['job.done' as const, 'job.failed' as const] };
    const { id, secret } = await client.call(webhookRoutes.add, { body });
    this.secrets.set('webhook secret', secret).set('webhook place', new URL(url).pathname.slice(6));
    await client.call(webhookRoutes.test, { params: { id } });
    const gone = await client.call(webhookRoutes.add, { body: { ...body, url: url.replace(/:\d+/, ':9') } });
    await this.ask('POST', `/webhooks/${gone.id}/test`, { authorization: `Bearer ${this.#farm.key}` });
    await this.ask('GET', `/webhooks/${gone.id}/postings`, { authorization: `Bearer ${this.#farm.key}` });
  }

  /** A pass, shown to the frame server rightly and wrongly. */
  async worker(job: string): Promise<void> {
    await using worker = await Liar.of(this.#farm, 'worker');
    const { id, boot, client } = worker;
    const hello = {
      id,
      boot,
      name: 'by hand',
      platform: 'linux-x64',
      cores: 4,
      memory: 8e9,
      slots: 1,
      version: '0',
    };
    const blenders = [{ version: '3.4.1', path: '/usr/bin/blender' }];
    await this.#farm.until(job, ({ frames }) => frames.total > 0);
    await client.call(workerRoutes.hello, { body: { ...hello, blenders } });
    const body = { boot, holding: [], want: 1, idle: 1 };
    const { leases } = await client.call(workerRoutes.work, { params: { worker: id }, body });
    const [lease] = leases;
    if (!lease?.frameServer) throw new Error('it was given nothing to render');
    const [words = '', signature = ''] = lease.pass.split('.');
    this.secrets.set('a pass', lease.pass).set('the signature of a pass', signature);
    await using frames = worker.to(lease.frameServer);
    const first = Number.parseInt(lease.frames ?? '', 10);
    const pass = lease.pass;
    for (const [frame, shown] of [
      [first, pass],
      [99, pass],
      [first, `${words}.${signature}x`],
      [first, signature],
    ] as const) {
      const said = frames.send({ ...deliveryOf(lease, frame, shown), body: 'no picture' });
      await said.then(
        (reply) => reply.body.dump(),
        (error: Error) =>
          this.said.set(`${this.said.size} the frame server`, `${error.message} ${JSON.stringify(error)}`),
      );
    }
    await this.#farm.client.call(accessRoutes.revokeMember, { params: { id } });
  }

  async links(job: string): Promise<void> {
    const { path } = await this.#farm.client.call(accessRoutes.makeLink, { body: { job } });
    const [words = '', signature = ''] = path.split('/').at(-1)?.split('.') ?? [];
    this.secrets.set('the signature of a link', signature);
    for (const link of [
      `${words}.${signature}`,
      `${words}.${signature}x`,
      `x${words}.${signature}`,
      signature,
    ])
      await fetch(`${this.#farm.url}${API_PREFIX}/shared/${link}`).then(async (reply) => {
        const isShown = reply.status === 200;
        this.said.set(`${this.said.size} a link`, isShown ? '' : await reply.text());
      });
  }

  /** All of the farm's keys, as they lie in its files. */
  async privateKeys(): Promise<void> {
    for (const [path, text] of await filesOf(this.#farm.folder.path))
      for (const [at, key] of [
        ...text.matchAll(/BEGIN (?:EC )?PRIVATE KEY-----(?:\\n|\n)([A-Za-z0-9+/=]{40,64})/g),
      ].entries())
        this.secrets.set(`private key ${at} of ${path}`, key[1]!);
    const authority = [...this.secrets.keys()].filter((name) => name.includes('authority.json'));
    expect(authority.length).toBeGreaterThan(0);
    const people = JSON.parse(await readFile(this.#farm.folder.join('worker-1', 'member.json'), 'utf8'));
    this.#hide('the token of the people of a worker', people.token);
  }

  #hide(name: string, secret: unknown): void {
    if (typeof secret !== 'string' || secret.length < 16) throw new Error(`${name} is no secret: ${secret}`);
    this.secrets.set(name, secret);
  }
}

function deliveryOf(lease: Lease, frame: number, pass: string) {
  return {
    method: 'PUT',
    path: fillPath(deliveryRoutes.deliver.route.path, { job: lease.job, frame }),
    headers: {
      [frameHeaders.digest]: `sha256:${'0'.repeat(64)}`,
      [frameHeaders.extension]: '.png',
      [frameHeaders.lease]: lease.id,
      [frameHeaders.pass]: pass,
    },
  };
}

/** All plain files below, as text of Latin letters, by their path. */
async function filesOf(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'latin1').catch(() => null);
    if (text !== null) found.set(relative(folder, path), text);
  }
  return found;
}

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readJoinCode, writeJoinCode } from '@akashganga/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from './processes/command.ts';
import { fakeEnvironment } from './processes/test-farm.ts';
import { TestFolder } from './processes/test-folder.ts';
import { TestNetwork } from './processes/test-network.ts';

const thief = fileURLToPath(new URL('./processes/thief.mjs', import.meta.url));
const HOST = TestNetwork.farmAddress;

let folder: TestFolder;
let network: TestNetwork;
let manager: Command;

beforeEach(async () => {
  folder = await TestFolder.make();
  network = await TestNetwork.make(folder, ['one']);
  const args = ['manager', '--port', '7770', '--host', '0.0.0.0', '--address', HOST];
  manager = network.onFarm([...args, '--data', folder.join('farm'), '--json'], fakeEnvironment(folder));
  await manager.event('ready');
});
afterEach(async () => {
  await manager.stop();
  await network[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const onFarm = (args: readonly string[]) =>
  network.onFarm([...args, '--data', folder.join('farm'), '--json']).ended;
const onOne = (args: readonly string[], environment = {}) =>
  network.onBare('one', [...args, '--json', '--data', '/data'], environment);

async function joinCode(more: readonly string[] = []): Promise<string> {
  return String((await onFarm(['join-code', ...more])).last.code);
}

/** The same code, as if the farm's address led to somebody else. */
function ledTo(code: string, port: number): string {
  return writeJoinCode({ ...readJoinCode(code), urls: [`https://${HOST}:${port}`] });
}

/** Somebody between the two hosts; gives what it could read when it is asked. */
async function startThief(mode: 'liar' | 'plain' | 'relay', port: number) {
  const log = folder.join(`${mode}.log`);
  const process = network.start('farm', [
    globalThis.process.execPath,
    thief,
    mode,
    String(port),
    log,
    '7770',
  ]);
  if (!process.stdout) throw new Error('the thief says nothing');
  const died = once(process, 'close').then(() => Promise.reject(new Error('the thief died')));
  died.catch(() => undefined);
  await Promise.race([once(process.stdout, 'data'), died]);
  return {
    read: () => readFile(log, 'latin1').catch(() => ''),
    async [Symbol.asyncDispose]() {
      const gone = once(process, 'close');
      process.kill('SIGKILL');
      await gone;
    },
  };
}

test('who stands where the farm is expected gets no secret out of a computer that wants to join', async () => {
  const code = await joinCode();
  const { secret } = readJoinCode(code);
  await using liar = await startThief('liar', 7781);
  const lied = await onOne(['join', ledTo(code, 7781)]).ended;
  expect({ exit: lied.code, last: lied.last }).toMatchObject({
    ...{ exit: 3, last: { event: 'failed', code: 'access.wrong-fingerprint' } },
  });
  expect(await liar.read()).not.toContain(secret);
  // Nor does it fall back to HTTP.
  await using plain = await startThief('plain', 7782);
  const downgraded = await onOne(['join', ledTo(code, 7782)]).ended;
  expect({ exit: downgraded.code, last: downgraded.last }).toMatchObject({
    exit: 3,
    last: { event: 'failed' },
  });
  expect(await plain.read()).not.toContain(secret);
  // The code is as good as before.
  const { lines } = await onFarm(['join-code', 'list']);
  expect(lines).toMatchObject([{ used: 0, uses: 1 }]);
});

test('who passes everything on reads nothing, and a code that was used lets nobody else in', async () => {
  const code = await joinCode();
  const { secret } = readJoinCode(code);
  await using relay = await startThief('relay', 7783);
  const joined = onOne(['join', ledTo(code, 7783), '--no-give']);
  await joined.event('ready');
  await expect
    .poll(async () => (await onFarm(['workers'])).lines.map((worker) => worker.state))
    .toEqual(['idle']);
  const seen = await relay.read();
  expect(seen.length).toBeGreaterThan(1000);
  for (const words of [secret, 'HTTP/1.1', 'publicKey', '/api/v1']) expect(seen).not.toContain(words);
  await joined.stop();
  const stolen = await network.onFarm(['worker', '--join', code, '--data', folder.join('stolen'), '--json'])
    .ended;
  expect({ exit: stolen.code, last: stolen.last }).toMatchObject({
    ...{ exit: 3, last: { event: 'failed', code: 'access.code-refused' } },
  });
});

test('plain HTTP from another computer is refused by the farm, and not spoken by the command', async () => {
  const key = (await readFile(folder.join('farm', 'key'), 'utf8')).trim();
  const script = `fetch('http://${HOST}:7770/api/v1/jobs',{headers:{authorization:'Bearer wrong'}}).then((r)=>r.json()).then((j)=>console.log(j.code))`;
  expect(await network.shell('one', `${process.execPath} -e "${script}"`)).toBe('access.needs-tls\n');
  await using plain = await startThief('plain', 7784);
  const asked = await onOne(['jobs', '--farm', `http://${HOST}:7784`], { AKASHGANGA_TOKEN: key }).ended;
  expect({ exit: asked.code, last: asked.last }).toMatchObject({
    exit: 3,
    last: { code: 'access.needs-tls' },
  });
  expect(await plain.read()).toBe('');
});

test('a person on another computer works with a pass, as far as its role goes', async () => {
  const viewer = (await onFarm(['token', 'add', '--role', 'viewer', '--name', 'hall'])).last;
  const pass = { AKASHGANGA_TOKEN: String(viewer.pass) };
  expect(await onOne(['jobs'], pass).ended).toMatchObject({ code: 0 });
  expect((await onOne(['limit', 'licence=1'], pass).ended).last).toMatchObject({ code: 'access.forbidden' });
  await onFarm(['token', 'revoke', String(viewer.id)]);
  expect((await onOne(['jobs'], pass).ended).last).toMatchObject({ code: 'access.wrong-key' });
});

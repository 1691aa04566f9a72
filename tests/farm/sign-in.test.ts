/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CLIENT, TestSignInService } from '../../packages/manager/src/http/sign-in-service.fixture.ts';
import { Command, fakeBlender } from './processes/command.ts';
import { freePort } from './processes/free-port.ts';
import { browserForTests, complaintsOf } from './processes/test-browser.ts';
import { TestFolder } from './processes/test-folder.ts';

const browser = browserForTests();

test('a person signs in at a service of the studio in a browser, and who is in no group reads why not', async () => {
  await using folder = await TestFolder.make();
  const port = await freePort();
  const farm = `http://127.0.0.1:${port}`;
  await using service = await TestSignInService.start({ anna: ['lights'] }, [farm]);
  const login = [
    '--login-with',
    service.issuer,
    '--login-client',
    CLIENT.id,
    '--login-roles',
    'lights=artist',
  ];
  const where = ['--host', '127.0.0.1', '--address', '127.0.0.1', '--port', `${port}`];
  const manager = new Command(
    ['manager', ...where, ...login, '--data', folder.join('data'), '--json'],
    { AKASHGANGA_BLENDER: fakeBlender, AKASHGANGA_LOGIN_SECRET: CLIENT.secret },
    folder.path,
  );
  await manager.event('ready');

  const signIn = async (person: string) => {
    const context = await browser().newContext();
    // The service's own pages ask for a font of another site, which there may be no way to.
    await context.route(
      (url) => url.hostname !== '127.0.0.1',
      (route) => route.abort(),
    );
    const page = await context.newPage();
    const complaints = complaintsOf(page, /401/);
    await page.goto(farm);
    await page.getByRole('link', { name: 'Sign in with 127.0.0.1' }).waitFor();
    expect(complaints).toEqual([]);
    await page.getByRole('link', { name: 'Sign in with 127.0.0.1' }).click();
    await page.getByPlaceholder('Enter any login').fill(person);
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${farm}/**`);
    return { context, page };
  };

  const anna = await signIn('anna');
  await anna.page.getByText('No jobs yet').first().waitFor();
  expect(new URL(anna.page.url()).search).toBe('');
  // The service's own pages complain of a font of another site; those of the farm of nothing.
  const complaints = complaintsOf(anna.page);
  await anna.page.reload();
  await anna.page.getByText('No jobs yet').first().waitFor();
  expect(complaints).toEqual([]);
  const submitted = await anna.page.request.get(`${farm}/api/v1/tokens`);
  expect(submitted.status()).toBe(403);
  await anna.context.close();

  const eve = await signIn('eve');
  await eve.page.getByRole('alert').getByText('eve of the studio is known to 127.0.0.1').waitFor();
  await eve.page.getByRole('link', { name: 'Sign in with 127.0.0.1' }).waitFor();
  expect((await eve.page.request.get(`${farm}/api/v1/jobs`)).status()).toBe(401);
  await eve.context.close();

  await manager.stop();
  const log = await readFile(folder.join('data', 'logs', 'manager.log'), 'utf8');
  expect(log).not.toContain(CLIENT.secret);
});

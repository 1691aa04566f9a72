import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Job, Token, Webhook, Worker } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { choose, downTo, isBackAt, isWithin, rewrite, tabTo } from './processes/keyboard.ts';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

// Only keys are pressed here, as by somebody without a mouse; what came of it is asked of the farm. And nothing that is
// done may leave the focus nowhere: who hears the page would not know where he is.

const browser = browserForTests();

test('a chat program is told, tested and forgotten, and tokens and join codes are made and revoked, by keyboard alone', async () => {
  const bodies: string[] = [];
  const chat = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    bodies.push(body);
    response.end('ok');
  });
  await new Promise<void>((listening) => chat.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(chat.address() as AddressInfo).port}/hook/secret`;
  try {
    await using farm = await PageFarm.open(browser(), {
      flags: ['--webhooks-to', '127.0.0.1'],
      // What was sent to a webhook is asked for once more when that is gone.
      expected: /404/,
    });
    const { page } = farm;
    const { keyboard } = page;
    const made = await page.request.post(`${farm.base}api/v1/join-codes`, { data: { for: 'worker' } });
    const { id: code } = (await made.json()) as { id: string };
    await tabTo(page, { role: 'link', name: 'People' });
    await keyboard.press('Enter');
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText('Nobody is told yet.').waitFor();

    await tabTo(page, { role: 'textbox', name: 'Address' });
    await keyboard.type(address);
    await tabTo(page, { role: 'textbox', name: 'Name' });
    await keyboard.type('our chat');
    await choose(page, 'For', 'Discord');
    await tabTo(page, { role: 'checkbox', name: 'A worker is sick' });
    await keyboard.press('Space');
    await tabTo(page, { role: 'button', name: 'Tell this address' });
    await keyboard.press('Enter');
    await notices.getByText(/^The secret that signs/).waitFor();
    await isBackAt(page, { role: 'button', name: 'Tell this address' });
    const told = async () => (await farm.get<{ webhooks: Webhook[] }>('/webhooks')).webhooks;
    const events = ['job.done', 'job.failed'];
    expect(await told()).toMatchObject([{ name: 'our chat', shape: 'content', events }]);

    const tryIt = { role: 'button', name: 'Test our chat' } as const;
    await tabTo(page, tryIt, 'Shift+Tab');
    await keyboard.press('Enter');
    await notices.getByText('It was taken.').waitFor();
    await isBackAt(page, tryIt);
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([{ content: expect.any(String) }]);

    await tabTo(page, { role: 'button', name: 'Remove our chat' });
    await keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByText(/told nothing any more/)
      .waitFor();
    await tabTo(page, { role: 'button', name: /^Remove$/ });
    await keyboard.press('Enter');
    await notices.getByText('Nobody is told yet.').waitFor();
    await isWithin(page, 'region', 'Notices');
    expect(await told()).toEqual([]);

    const people = page.getByRole('region', { name: 'People' });
    await tabTo(page, { role: 'textbox', name: 'Name' }, 'Shift+Tab');
    await keyboard.type('vera');
    await choose(page, 'Role', 'viewer');
    await tabTo(page, { role: 'button', name: 'Make a token' });
    await keyboard.press('Enter');
    await people.getByText(/^For vera/).waitFor();
    await isBackAt(page, { role: 'button', name: 'Make a token' });
    await tabTo(page, { role: 'button', name: 'Revoke vera' }, 'Shift+Tab');
    await keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByText(/is out at once/)
      .waitFor();
    await tabTo(page, { role: 'button', name: /^Revoke$/ });
    await keyboard.press('Enter');
    await people.getByText(/viewer, .*revoked/).waitFor();
    await isWithin(page, 'region', 'People');
    const { tokens } = await farm.get<{ tokens: Token[] }>('/tokens');
    expect(tokens).toMatchObject([{ name: 'vera', role: 'viewer', revokedAt: expect.any(Number) }]);

    await tabTo(page, { role: 'button', name: `Revoke ${code}` });
    await keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByText(/Nobody joins with this code/)
      .waitFor();
    await tabTo(page, { role: 'button', name: /^Revoke$/ });
    await keyboard.press('Enter');
    await page.getByText(code, { exact: true }).waitFor({ state: 'detached' });
    await isWithin(page, 'region', 'Computers');
    expect(farm.complaints).toEqual([]);
  } finally {
    chat.closeAllConnections();
    chat.close();
  }
});

/** With these rules the text of the scene `BROKEN` is its computer's fault. */
const RULES = [
  {
    name: 'broken',
    pattern: 'Malloc returns null',
    at: ['rendering'],
    code: 'custom.machine',
    says: 'Broken.',
  },
];
const BROKEN = { frameEnd: 1, behaviour: 'memory' };

test('a worker is given tags, hours of sleep and its share, drained, woken, forgiven and removed by keyboard alone', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'] });
  const { page } = farm;
  const { keyboard } = page;
  const made = await page.request.post(`${farm.base}api/v1/join-codes`, { data: { for: 'worker' } });
  const { code } = (await made.json()) as { code: string };
  const own = farm.folder.join('newcomer');
  await mkdir(own, { recursive: true });
  await writeFile(farm.folder.join('newcomer', 'failure-rules.json'), JSON.stringify(RULES));
  const flags = ['--data', own, '--name', 'newcomer', '--host', '127.0.0.1', '--slots', '1'];
  const worker = new Command(
    ['join', code, ...flags, '--no-measure', '--json'],
    farm.environment,
    farm.folder.path,
  );
  await worker.event('ready');
  const known = async () => {
    const { workers } = await farm.get<{ workers: Worker[] }>('/workers');
    return workers.find(({ name }) => name === 'newcomer');
  };
  const main = page.getByRole('main');

  await keyboard.press('g');
  await keyboard.press('w');
  await page.getByRole('heading', { name: 'Workers' }).waitFor();
  await main.getByRole('link', { name: 'newcomer' }).waitFor();
  await tabTo(page, { role: 'link', name: 'newcomer' });
  await keyboard.press('Enter');
  await page.getByRole('region', { name: 'Computer' }).waitFor();

  await tabTo(page, { role: 'textbox', name: 'Sleeps' });
  await keyboard.type('0:00-24:00');
  await tabTo(page, { role: 'textbox', name: 'Tags' });
  await keyboard.type('odd, quiet');
  await tabTo(page, { role: 'textbox', name: 'Jobs at once' });
  await keyboard.press('2');
  await tabTo(page, { role: 'switch', name: /^Only when nobody/ });
  await keyboard.press('Space');
  await tabTo(page, { role: 'button', name: 'Save' });
  await keyboard.press('Enter');
  await main.getByText('Asleep', { exact: true }).waitFor();
  await isBackAt(page, { role: 'button', name: 'Save' });
  expect((await known())?.settings).toMatchObject({
    ...{ sleep: '0:00-24:00', tags: ['odd', 'quiet'], maxJobs: 2, onlyWhenIdle: true },
  });
  await tabTo(page, { role: 'switch', name: /^Only when nobody/ }, 'Shift+Tab');
  await keyboard.press('Space');
  await tabTo(page, { role: 'textbox', name: 'Sleeps' }, 'Shift+Tab');
  await rewrite(page, '');
  await keyboard.press('Enter');
  await main.getByText('Idle', { exact: true }).waitFor();
  await isBackAt(page, { role: 'textbox', name: 'Sleeps' });
  expect((await known())?.settings).toMatchObject({ sleep: null, onlyWhenIdle: false });

  const menu = { role: 'button', name: 'What to do with newcomer' } as const;
  await tabTo(page, { role: 'link', name: 'All workers' }, 'Shift+Tab');
  await keyboard.press('Enter');
  await main.getByRole('link', { name: 'newcomer' }).waitFor();
  await tabTo(page, menu);
  const take = async (what: string) => {
    await keyboard.press('Enter');
    await downTo(page, what);
    await keyboard.press('Enter');
  };
  const card = main
    .getByRole('list', { name: 'Workers' })
    .getByRole('article')
    .filter({ hasText: 'newcomer' });
  await take('Drain: finish and rest');
  await card.getByText('Draining', { exact: true }).waitFor();
  await isBackAt(page, menu);
  await take('Wake: give it work');
  await card.getByText('Idle', { exact: true }).waitFor();
  await isBackAt(page, menu);

  for (const name of ['one', 'two', 'three']) await farm.submitFake(name, BROKEN, '--tag', 'odd');
  await card.getByText('Sick', { exact: true }).waitFor();
  await take('Forgive: try it again');
  await card.getByText('Idle', { exact: true }).waitFor();
  await isBackAt(page, menu);

  await worker.stop();
  await take('Remove from the farm');
  await page.getByRole('dialog').getByText('Remove this worker?').waitFor();
  await tabTo(page, { role: 'button', name: 'Remove the worker' });
  await keyboard.press('Enter');
  await card.waitFor({ state: 'detached' });
  await isWithin(page, 'list', 'Workers');
  expect(await known()).toBeUndefined();
  expect(farm.complaints).toEqual([]);
});

test('a film is made again in another way, and what was done to several jobs is taken back, by keyboard alone', async () => {
  await using farm = await PageFarm.open(browser(), { flags: ['--slots', '1'] });
  const { page } = farm;
  const { keyboard } = page;
  const job = await farm.submitFake('alpha', { frameEnd: 4 });
  await farm.submitFake('beta', { frameEnd: 4 }, '--paused');
  const film = async () => (await farm.get<Job>(`/jobs/${job}`)).film;
  await expect.poll(async () => (await film()).state).toBe('done');

  await page.getByRole('list', { name: 'Jobs' }).getByRole('link', { name: 'alpha' }).waitFor();
  await tabTo(page, { role: 'link', name: 'alpha' });
  await keyboard.press('Enter');
  const again = { role: 'button', name: 'Make the film again' } as const;
  await tabTo(page, again);
  await keyboard.press('Enter');
  await page.getByRole('dialog').getByText('What it is for').waitFor();
  await choose(page, 'Film', 'mkv');
  await choose(page, 'What it is for', 'Archive');
  await choose(page, 'Codec', 'ffv1');
  await tabTo(page, { role: 'textbox', name: 'Pictures a second' });
  await keyboard.type('12');
  await tabTo(page, { role: 'button', name: 'Make it' });
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await isBackAt(page, again);
  await expect.poll(film).toMatchObject({ state: 'done', container: 'mkv', rate: { fps: 12, base: 1 } });

  await keyboard.press('g');
  await keyboard.press('j');
  await page.getByRole('list', { name: 'Jobs' }).getByRole('link', { name: 'beta' }).waitFor();
  for (const key of ['j', 'x', 'j', 'x']) await keyboard.press(key);
  await page.getByText('2 jobs selected').waitFor();
  const priorities = async () => (await farm.jobs()).map(({ priority }) => priority);
  const after = { role: 'button', name: 'After the others' } as const;
  await tabTo(page, after, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByText('Put after the others: 2 jobs.').waitFor();
  await isBackAt(page, after);
  expect(await priorities()).toEqual([20, 20]);
  await tabTo(page, { role: 'button', name: 'Undo' });
  await keyboard.press('Enter');
  await page.getByText('As before.').waitFor();
  await isWithin(page, 'toolbar', 'Selected jobs');
  expect(await priorities()).toEqual([50, 50]);
  await tabTo(page, { role: 'button', name: 'Select none' });
  await keyboard.press('Enter');
  await page.getByText('2 jobs selected').waitFor({ state: 'detached' });
  await isWithin(page, 'region', 'Jobs');

  // What the button did turns it into its opposite, and it keeps the focus.
  await tabTo(page, { role: 'button', name: 'Resume: beta' });
  await keyboard.press('Enter');
  const isPaused = async () => (await farm.jobs()).map(({ state }) => state).includes('paused');
  await expect.poll(isPaused).toBe(false);
  await isWithin(page, 'list', 'Jobs');
  expect(farm.complaints).toEqual([]);
});

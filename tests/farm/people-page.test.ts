/// <reference lib="dom" />
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FarmMember, Token, Webhook } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { Command } from './processes/command.ts';
import { closeAll } from './processes/keyboard.ts';
import { PageFarm } from './processes/page-farm.ts';
import { browserForTests } from './processes/test-browser.ts';

const browser = browserForTests();

test('an admin makes a token on the page, by keyboard, which lets in until it is revoked', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  await page.getByRole('link', { name: 'People' }).click();
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('textbox', { name: 'Name' }).focus();
  await page.keyboard.type('anna');
  await page.keyboard.press('Tab');
  await page.keyboard.type('v');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const shown = people.getByRole('status').locator('code').first();
  const token = await shown.innerText();
  expect(token).toMatch(/^akgt_/);

  const ask = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${farm.base}api/v1/jobs`, { headers })).status;
  };
  expect(await ask()).toBe(200);
  await people.getByText('viewer, never used').or(people.getByText('viewer, used')).first().waitFor();
  await people.getByRole('button', { name: 'Revoke anna' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await people.getByText(/viewer, .*revoked/).waitFor();
  expect(await ask()).toBe(401);
  const { tokens } = await farm.get<{ tokens: Token[] }>('/tokens');
  expect(tokens).toMatchObject([{ name: 'anna', role: 'viewer', revokedAt: expect.any(Number) }]);
  expect(farm.complaints).toEqual([]);
});

test('a computer joins with the line that the page shows, and a code that is revoked there lets nobody in', async () => {
  await using farm = await PageFarm.open(browser());
  const { page } = farm;
  await farm.goTo('#/people');
  await page.getByRole('button', { name: 'Add a computer' }).click();
  const sheet = page.getByRole('dialog');
  const line = sheet.locator('code');
  await sheet.getByRole('img', { name: 'The same command as a QR code' }).waitFor();
  await sheet.getByText('Windows', { exact: true }).click();
  expect(await line.innerText()).toMatch(/^node scripts\/start\.mjs join akg2_/);
  const code = (await line.innerText()).split(' ').at(-1) ?? '';

  const folder = farm.folder;
  const join = (name: string, given: string) => {
    const args = ['join', given, '--name', name, '--json', '--no-measure', '--data', folder.join(name)];
    return new Command(args, farm.environment, folder.path);
  };
  const worker = join('second', code);
  await worker.event('ready');
  await worker.stop();
  await sheet.getByRole('button', { name: 'Make another code' }).click();
  await expect.poll(() => line.innerText()).not.toContain(code);
  const other = (await line.innerText()).split(' ').at(-1) ?? '';
  await sheet.getByRole('button', { name: 'Revoke' }).click();
  await sheet.getByText('The code is revoked').waitFor();
  const late = await join('third', other).ended;
  expect(late.last).toMatchObject({ code: 'access.code-refused' });
  await closeAll(page);

  const computers = page.getByRole('region', { name: 'Computers' });
  await computers.getByRole('button', { name: /^Shut out/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Shut out' }).click();
  await computers.getByText(/worker, joined .*shut out/).waitFor();
  const { members } = await farm.get<{ members: FarmMember[] }>('/members');
  expect(members).toMatchObject([{ role: 'worker', revokedAt: expect.any(Number) }]);
  expect(farm.complaints).toEqual([]);
});

test('a chat program is told of a job that fails, and so is the browser, once somebody asked for it', async () => {
  const bodies: string[] = [];
  const chat = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      bodies.push(body);
      response.end('ok');
    });
  });
  await new Promise<void>((listening) => chat.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(chat.address() as AddressInfo).port}/hook/secret`;
  try {
    await using farm = await PageFarm.open(browser(), {
      flags: ['--webhooks-to', '127.0.0.1'],
      browsing: { permissions: ['notifications'] },
      expected: /422/,
    });
    const { page } = farm;
    await farm.goTo('#/people');
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByRole('textbox', { name: 'Address' }).fill('http://10.1.2.3/');
    await notices.getByRole('button', { name: 'Tell this address' }).click();
    await notices.getByRole('alert').filter({ hasText: '10.1.2.3' }).waitFor();
    await notices.getByRole('textbox', { name: 'Address' }).fill(address);
    await notices.getByRole('textbox', { name: 'Name' }).fill('our chat');
    await notices.getByRole('button', { name: 'Tell this address' }).click();
    await notices.getByRole('button', { name: 'Test our chat' }).click();
    await notices.getByText('It was taken.').waitFor();
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([{ event: 'test' }]);
    const { webhooks } = await farm.get<{ webhooks: Webhook[] }>('/webhooks');
    expect(JSON.stringify(webhooks)).not.toContain('secret');

    // The browser's own notices cannot be looked at from here; what the page asks it to show can.
    await page.evaluate(() => {
      const titles: string[] = [];
      const Real = window.Notification;
      Object.assign(window, {
        titles,
        Notification: class extends Real {
          constructor(title: string, options?: NotificationOptions) {
            super(title, options);
            titles.push(title);
          }
        },
      });
    });
    const titles = () => page.evaluate(() => (window as unknown as { titles: string[] }).titles);
    await page.getByRole('button', { name: 'Tell me in this browser' }).click();
    await page.getByRole('button', { name: 'Tell me no more' }).waitFor();
    await farm.submitFake('night shot', { frames: [1, 2], behaviour: 'no-camera' }, '--frames', '1-2');
    await expect.poll(titles).toContain('Failed: night shot');
    await expect.poll(() => bodies.length).toBe(2);
    expect(JSON.parse(bodies[1] ?? '')).toMatchObject({ event: 'job.failed', job: { name: 'night shot' } });
    expect(farm.complaints).toEqual([]);
  } finally {
    chat.closeAllConnections();
    chat.close();
  }
});

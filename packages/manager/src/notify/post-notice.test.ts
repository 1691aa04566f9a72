import { expect, test } from 'vitest';
import { mayReachBeside } from './may-reach.ts';
import { postNotice } from './post-notice.ts';
import { Receiver } from './receiver.fixture.ts';

const here = mayReachBeside(['127.0.0.1']);
const nowhere = mayReachBeside([]);
const forever = new AbortController().signal;
const to = (url: string) => ({
  url,
  headers: { 'content-type': 'application/json' },
  body: '{"text":"hello"}',
});

test('a letter arrives where it may', async () => {
  await using receiver = await Receiver.open();
  expect(await postNotice(to(`${receiver.url}/hook?key=1`), here, forever)).toEqual({
    kind: 'sent',
    status: 200,
  });
  expect(receiver.received).toMatchObject([{ path: '/hook?key=1', body: '{"text":"hello"}' }]);
});

test('this computer is not connected to by its address, in any spelling, nor by its name', async () => {
  await using receiver = await Receiver.open();
  const hosts = [
    '127.0.0.1',
    'localhost',
    '127.1',
    '0x7f.1',
    '2130706433',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0',
  ];
  for (const host of hosts) {
    const outcome = await postNotice(to(`http://${host}:${receiver.port}/`), nowhere, forever);
    expect(outcome, host).toMatchObject({ kind: 'refused', status: null });
  }
  expect(receiver.received).toEqual([]);
});

test('a name is judged by the addresses it leads to, each time', async () => {
  await using receiver = await Receiver.open();
  const letter = to(`http://localhost:${receiver.port}/`);
  // A name that leads to an allowed address at first and to another one later, as in DNS rebinding.
  let isAllowed = true;
  const changing = (address: string) => isAllowed && address === '127.0.0.1';
  expect(await postNotice(letter, changing, forever)).toMatchObject({ kind: 'sent' });
  isAllowed = false;
  expect(await postNotice(letter, changing, forever)).toMatchObject({ kind: 'refused' });
  expect(receiver.received).toHaveLength(1);
});

test('a redirect is not followed, and not tried again', async () => {
  await using inner = await Receiver.open();
  await using receiver = await Receiver.open();
  receiver.answers.push({ status: 307, headers: { location: inner.url } });
  expect(await postNotice(to(receiver.url), here, forever)).toMatchObject({ kind: 'refused', status: 307 });
  expect(inner.received).toEqual([]);
});

test('what may pass by itself is tried again, and what will not is not', async () => {
  await using receiver = await Receiver.open();
  const kinds: Record<number, string> = {};
  for (const status of [200, 204, 400, 404, 410, 408, 429, 500, 503]) {
    receiver.answers.push(status);
    kinds[status] = (await postNotice(to(receiver.url), here, forever)).kind;
  }
  expect(kinds).toEqual({
    ...{ 200: 'sent', 204: 'sent', 400: 'refused', 404: 'refused', 410: 'refused' },
    ...{ 408: 'failed', 429: 'failed', 500: 'failed', 503: 'failed' },
  });
});

test('a receiver that is away or says nothing is told of in words that hold nothing of the path', async () => {
  await using receiver = await Receiver.open();
  receiver.answers.push('silence');
  const end = new AbortController();
  const silent = postNotice(to(`${receiver.url}/secret`), here, end.signal);
  await expect.poll(() => receiver.received).toHaveLength(1);
  end.abort();
  expect(await silent).toEqual({ kind: 'failed', status: null, why: 'it does not answer' });
  const { url } = receiver;
  await receiver.close();
  const away = await postNotice(to(`${url}/secret`), here, forever);
  expect(away).toEqual({ kind: 'failed', status: null, why: 'the connection was refused' });
});

import { createHmac } from 'node:crypto';
import type { Notice } from '@akashganga/protocol';
import { expect, test } from 'vitest';
import { letterFor } from './letter-for.ts';
import { wordsOf } from './words-of.ts';

const failed: Notice = {
  event: 'job.failed',
  at: 5,
  job: { id: 'job-1', name: 'shot 7', submitter: 'anna', frames: { total: 9, done: 2, failed: 7 } },
  worker: null,
  problem: { code: 'scene.no-camera', says: 'The scene has no camera.' },
};
const secret = `whsec_${Buffer.from('a secret of thirty two characters').toString('base64')}`;
const sender = { farm: { id: 'f-1', name: 'Farm' }, now: 1_700_000_000_999 };

test('a letter is signed over its id, its time and its body', () => {
  const { body, headers } = letterFor('n-1', failed, { url: 'https://a/', secret, shape: 'all' }, sender);
  expect(headers).toMatchObject({ 'webhook-id': 'n-1', 'webhook-timestamp': '1700000000' });
  const signature = createHmac('sha256', 'a secret of thirty two characters')
    .update(`n-1.1700000000.${body}`)
    .digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
});

test('each shape says the sentence where its programs look for it', () => {
  const body = (shape: 'all' | 'text' | 'content') =>
    JSON.parse(letterFor('n-1', failed, { url: 'https://a/', secret, shape }, sender).body);
  const text = '“shot 7” of anna failed: The scene has no camera.';
  expect(body('all')).toEqual({ text, id: 'n-1', farm: sender.farm, ...failed });
  expect(body('text')).toEqual({ text });
  expect(body('content')).toEqual({ content: text, allowed_mentions: { parse: [] } });
});

test('a job’s name calls nobody, links nowhere and turns no text around', () => {
  const name = '@everyone <!channel> [pay](https://evil.example) `x` \u202eabc\u0007';
  const text = wordsOf({ ...failed, job: { ...failed.job!, name } });
  expect(text).not.toMatch(/@everyone|<!|\]\(|`|\u202e|\p{Cc}/u);
  expect(text).toContain('everyone');
  const long = wordsOf({ ...failed, job: { ...failed.job!, name: '😀'.repeat(5000) } });
  expect(long.length).toBeLessThan(800);
  expect(long).not.toMatch(/\p{Cs}/u);
});

test('done jobs say their frames, and those that are lacking', () => {
  const frames = { total: 9, done: 9, failed: 0 };
  const done = { ...failed, event: 'job.done' as const, problem: null, job: { ...failed.job!, frames } };
  expect(wordsOf(done)).toBe('“shot 7” of anna is done: 9 of 9 frames.');
  expect(wordsOf({ ...done, job: failed.job })).toBe('“shot 7” of anna is done: 2 of 9 frames, 7 failed.');
});

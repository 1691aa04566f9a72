import { expect, test } from 'vitest';
import { isOwnHost } from './own-host.ts';

test.each([
  undefined,
  '127.0.0.1:7770',
  '[::1]:7770',
  '192.168.7.9',
  'localhost:7770',
  'LOCALHOST',
  'farm:7770',
  'farm.local',
  'render.studio.example:443',
  'Render.Studio.Example.',
])('%s is this farm', (host) => {
  expect(isOwnHost(host, ['render.studio.example'])).toBe(true);
});

test.each([
  'evil.example',
  'evil.example:7770',
  'studio.example',
  'a.render.studio.example',
  '127.0.0.1.evil.example',
  'localhost.evil.example:7770',
  '127.0.0.1@evil.example',
  '127.0.0.1:7770:80',
  '[::1].evil.example',
  'evil.example#localhost',
  '',
  ' ',
])('"%s" is not', (host) => {
  expect(isOwnHost(host, ['render.studio.example'])).toBe(false);
});

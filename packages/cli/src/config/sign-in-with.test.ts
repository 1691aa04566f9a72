import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';
import { type SignInFlags, signInArgs, signInWith } from './sign-in-with.ts';

const good: SignInFlags = {
  loginWith: 'https://id.example/farm',
  loginClient: 'farm',
  loginRoles: 'heads = admin, a=b=artist,*=viewer',
};
const settings = (environment = {}) =>
  readSettings({ AKASHGANGA_LOGIN_SECRET: 'of the farm', ...environment }, false);

test('flags and environment say whom the service lets in as what', async () => {
  expect(await signInWith(good, settings(), 'https://farm.example')).toEqual({
    ...{ issuer: 'https://id.example/farm', clientId: 'farm', clientSecret: 'of the farm', claim: 'groups' },
    pageUrl: 'https://farm.example',
    roles: [
      { group: 'heads', role: 'admin' },
      { group: 'a=b', role: 'artist' },
      { group: null, role: 'viewer' },
    ],
  });
  expect(await signInWith({}, settings(), null)).toBeNull();
});

test('the secret may lie in a file, and is in no argument of the manager', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'akashganga-secret-'));
  const file = join(folder, 'secret');
  await writeFile(file, 'from a file\n');
  const found = await signInWith(good, settings({ AKASHGANGA_LOGIN_SECRET_FILE: file }), null);
  expect(found?.clientSecret).toBe('from a file');
  await rm(folder, { recursive: true });
  const gone = signInWith(good, settings({ AKASHGANGA_LOGIN_SECRET_FILE: file }), null);
  await expect(gone).rejects.toMatchObject({ code: 'usage.bad-flag' });
  expect(signInArgs(good).join(' ')).toBe(
    '--login-with https://id.example/farm --login-client farm --login-roles heads = admin, a=b=artist,*=viewer',
  );
});

test.each([
  [{ ...good, loginWith: 'http://id.example' }, /begins with https/],
  [{ ...good, loginWith: 'http://127.0.0.1.evil.example' }, /begins with https/],
  [{ ...good, loginWith: 'https://me:word@id.example' }, /begins with https/],
  [{ ...good, loginWith: 'id.example' }, /begins with https/],
  [{ loginWith: good.loginWith, loginRoles: good.loginRoles }, /--login-client/],
  [{ loginWith: good.loginWith, loginClient: 'farm' }, /--login-roles/],
  [{ loginRoles: '*=viewer' }, /--login-with/],
  [{ ...good, loginRoles: 'heads=owner' }, /GROUP=ROLE/],
  [{ ...good, loginRoles: '=admin' }, /GROUP=ROLE/],
  [{ ...good, loginRoles: 'heads' }, /GROUP=ROLE/],
])('%j is refused', async (flags, says) => {
  await expect(signInWith(flags, settings(), null)).rejects.toThrow(says);
});

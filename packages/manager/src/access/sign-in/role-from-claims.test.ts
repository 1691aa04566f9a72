import { expect, test } from 'vitest';
import { roleFromClaims, textClaim } from './role-from-claims.ts';

const roles = [
  { group: 'lights', role: 'artist' },
  { group: 'heads', role: 'admin' },
] as const;

test('of several groups the one that may do most counts', () => {
  expect(roleFromClaims({ groups: ['lights', 'heads'] }, 'groups', roles)).toBe('admin');
  expect(roleFromClaims({ groups: ['lights'] }, 'groups', roles)).toBe('artist');
  expect(roleFromClaims({ groups: 'lights' }, 'groups', roles)).toBe('artist');
});

test('who is in no group that is named gets no role, unless everybody has one', () => {
  const strangers = [{}, { groups: [] }, { groups: ['light'] }, { groups: [['lights']] }, { groups: null }];
  for (const claims of strangers) {
    expect(roleFromClaims(claims, 'groups', roles)).toBeNull();
    expect(roleFromClaims(claims, 'groups', [...roles, { group: null, role: 'viewer' }])).toBe('viewer');
  }
});

test('a claim may lie within another, and nothing is taken for one that is not said', () => {
  const claims = { realm_access: { roles: ['heads'] } };
  expect(roleFromClaims(claims, 'realm_access.roles', roles)).toBe('admin');
  expect(
    roleFromClaims(claims, 'realm_access.constructor.name', [{ group: 'Object', role: 'admin' }]),
  ).toBeNull();
});

test('names are one short line', () => {
  expect(textClaim('Anna\n\u202eevil\u0000')).toBe('Annaevil');
  expect(textClaim('a'.repeat(1000))).toHaveLength(150);
  expect(textClaim({ toString: 'x' })).toBe('');
});

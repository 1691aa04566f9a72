import { beforeAll, expect, test } from 'vitest';
import { type Certified, makeAuthority } from './certificates.ts';
import { isGranted, leaseReader, leaseSigner } from './lease-pass.ts';

let farm: Certified;
let other: Certified;
beforeAll(async () => {
  farm = await makeAuthority(Date.now());
  other = await makeAuthority(Date.now());
});

const grant = { lease: 'l-0001', job: 'job-1', worker: 'w-1', frames: '1-10' };

test('what the authority signed reads back, and what another signed or somebody changed does not', () => {
  const pass = leaseSigner(farm.key)(grant);
  const read = leaseReader(farm.certificate);
  expect(read(pass)).toEqual(grant);
  expect(read(leaseSigner(other.key)(grant))).toBeNull();
  const [words = '', signature = ''] = pass.split('.');
  const more = Buffer.from(JSON.stringify({ ...grant, frames: '1-1000' })).toString('base64url');
  for (const changed of [
    `${more}.${signature}`,
    `${words}.`,
    words,
    '',
    '.',
    'a.b',
    `${words}.${signature.slice(2)}`,
  ])
    expect(read(changed), changed).toBeNull();
});

test('a grant is for its own frames, job and member', () => {
  expect(isGranted(grant, 'w-1', 'job-1', 10)).toBe(true);
  expect(isGranted(grant, 'w-1', 'job-1', 11)).toBe(false);
  expect(isGranted(grant, 'w-1', 'job-2', 1)).toBe(false);
  expect(isGranted(grant, 'w-2', 'job-1', 1)).toBe(false);
  expect(isGranted({ ...grant, worker: 'w-1-card' }, 'w-1', 'job-1', 1)).toBe(true);
  expect(isGranted({ ...grant, worker: 'w-10' }, 'w-1', 'job-1', 1)).toBe(false);
  expect(isGranted({ ...grant, frames: '-5--3,7' }, 'w-1', 'job-1', 7)).toBe(true);
  expect(isGranted({ ...grant, frames: '-5--3' }, 'w-1', 'job-1', -4)).toBe(true);
  expect(isGranted({ ...grant, frames: '-5--3,7' }, 'w-1', 'job-1', 0)).toBe(false);
});

test('frames that do not fit into a header are granted by their range', () => {
  const frames = Array.from({ length: 5000 }, (_, at) => at * 3 + (at % 2)).join(',');
  const pass = leaseSigner(farm.key)({ ...grant, frames });
  expect(pass.length).toBeLessThan(6000);
  expect(leaseReader(farm.certificate)(pass)?.frames).toBe('0-14998');
});

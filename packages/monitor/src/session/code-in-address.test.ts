import { expect, it } from 'vitest';
import { codeInAddress } from './code-in-address.ts';

it('reads the code of a sign-in link', () => {
  expect(codeInAddress('#code=a1b2-C3')).toBe('a1b2-C3');
});

it('finds none in the address of a page', () => {
  expect(codeInAddress('#/jobs/code=1')).toBeNull();
  expect(codeInAddress('#code=')).toBeNull();
  expect(codeInAddress('')).toBeNull();
});
